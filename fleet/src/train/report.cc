#include "report.h"

#include <cstdio>

#include "tinyfog/demo/vibration.h"

namespace tinyfog::train {
namespace {

std::string_view StateLabel(std::size_t i) { return Label(static_cast<demo::MotorState>(i)); }

std::string Printed(const char* format, auto... values) {
  char text[160];
  std::snprintf(text, sizeof(text), format, values...);
  return text;
}

/// "[a,b]" of what `item` gives for 0 .. count-1.
template <class Item>
std::string JsonList(std::size_t count, Item item) {
  std::string text = "[";
  for (std::size_t i = 0; i < count; ++i) text += (i ? "," : "") + item(i);
  return text + "]";
}

std::string ModelJson(std::size_t bytes, const Confusion& confusion) {
  const std::string counts = JsonList(confusion.size(), [&](std::size_t truth) {
    return JsonList(confusion.size(),
                    [&](std::size_t answer) { return std::to_string(confusion[truth][answer]); });
  });
  return Printed("{\"bytes\":%zu,\"accuracy\":%.5f,\"confusion\":", bytes, Accuracy(confusion)) +
         counts + "}";
}

}  // namespace

std::string ConfusionText(const Confusion& confusion) {
  std::string text = Printed("%-14s", "truth\\answer");
  for (std::size_t i = 0; i < confusion.size(); ++i) {
    text += Printed(" %13s", std::string(StateLabel(i)).c_str());
  }
  text += "\n";
  for (std::size_t truth = 0; truth < confusion.size(); ++truth) {
    text += Printed("%-14s", std::string(StateLabel(truth)).c_str());
    for (const int count : confusion[truth]) text += Printed(" %13d", count);
    text += "\n";
  }
  return text;
}

std::string ReportText(const MotorModel& model) {
  return Printed("%ld multiply-accumulates; files: float %zu bytes, int8 %zu bytes\n",
                 MotorNetwork().MultiplyAccumulates(), model.float_file.size(),
                 model.int8_file.size()) +
         Printed("held-out accuracy: float %.2f %%, int8 %.2f %%\n\nint8:\n",
                 100 * Accuracy(model.float_confusion), 100 * Accuracy(model.int8_confusion)) +
         ConfusionText(model.int8_confusion);
}

std::string ReportJson(const MotorOptions& options, const MotorModel& model) {
  const std::string labels = JsonList(
      demo::kMotorStates, [](std::size_t i) { return "\"" + std::string(StateLabel(i)) + "\""; });
  return Printed("{\"seed\":%llu,\"epochs\":%d,\"windows_per_state\":%zu,\"macs\":%ld,",
                 static_cast<unsigned long long>(options.seed), options.training.epochs,
                 options.windows_per_state, MotorNetwork().MultiplyAccumulates()) +
         "\"labels\":" + labels +
         ",\"float\":" + ModelJson(model.float_file.size(), model.float_confusion) +
         ",\"int8\":" + ModelJson(model.int8_file.size(), model.int8_confusion) + "}\n";
}

}  // namespace tinyfog::train

#include "svg.h"

#include <algorithm>
#include <cstdio>

namespace tinyfog::compile {
namespace {

constexpr double kLeft = 80;
constexpr double kTop = 40;
constexpr double kHeight = 440;
constexpr double kColumn = 34;
constexpr double kBottom = 190;  // for the names of steps

std::string Number(double value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.2f", value);
  return text;
}

std::string Escaped(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

struct Box {
  double x;
  double y;
  double width;
  double height;
};

class Picture {
 public:
  explicit Picture(const Compiled& compiled) : compiled_(compiled) {}

  std::string Draw() {
    const double width = kLeft + kColumn * (Steps() + 2) + 30;
    const double height = kTop + kHeight + kBottom;
    text_ = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + Number(width) + "\" height=\"" +
            Number(height) +
            "\" font-family=\"sans-serif\" font-size=\"11\">\n"
            "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n";
    Text(kLeft, 22, "Arena: " + std::to_string(compiled_.arena_bytes) + " bytes",
         "font-size=\"15\"");
    DrawAxes();
    DrawBuffers();
    DrawPeak();
    return text_ + "</svg>\n";
  }

 private:
  int Steps() const { return static_cast<int>(compiled_.steps.size()); }
  double X(int step) const { return kLeft + kColumn * (step + 1); }
  double Y(std::uint64_t bytes) const {
    const double all = std::max<double>(1, compiled_.arena_bytes);
    return kTop + kHeight * (1 - static_cast<double>(bytes) / all);
  }

  void Text(double x, double y, const std::string& text, const std::string& attributes = "") {
    text_ += "<text x=\"" + Number(x) + "\" y=\"" + Number(y) + "\" " + attributes + ">" +
             Escaped(text) + "</text>\n";
  }
  void Upwards(double x, double y, const std::string& text, const std::string& attributes) {
    text_ += "<text " + attributes + "transform=\"translate(" + Number(x) + "," + Number(y) +
             ") rotate(-90)\">" + Escaped(text) + "</text>\n";
  }
  void Rectangle(const Box& box, const std::string& attributes) {
    text_ += "<rect x=\"" + Number(box.x) + "\" y=\"" + Number(box.y) + "\" width=\"" +
             Number(box.width) + "\" height=\"" + Number(box.height) + "\" " + attributes + "/>\n";
  }
  void Line(double x1, double y1, double x2, double y2, const std::string& attributes) {
    text_ += "<line x1=\"" + Number(x1) + "\" y1=\"" + Number(y1) + "\" x2=\"" + Number(x2) +
             "\" y2=\"" + Number(y2) + "\" " + attributes + "/>\n";
  }

  // The column in which the most bytes are alive.
  void DrawPeak() {
    const auto fullest = std::max_element(
        compiled_.steps.begin(), compiled_.steps.end(),
        [](const StepReport& a, const StepReport& b) { return a.live_bytes < b.live_bytes; });
    if (fullest == compiled_.steps.end()) return;
    const int step = static_cast<int>(fullest - compiled_.steps.begin());
    Rectangle({X(step), kTop, kColumn, kHeight},
              "fill=\"none\" stroke=\"#b71c1c\" stroke-width=\"2\"");
    Text(kLeft + 220, 22,
         "peak: step " + std::to_string(step) + ", " + std::to_string(fullest->live_bytes) +
             " bytes alive",
         "fill=\"#b71c1c\"");
  }

  static const char* ColorOf(const ArenaBuffer& buffer, std::size_t index) {
    constexpr const char* kTensors[] = {"#90caf9", "#80cbc4", "#b39ddb", "#a5d6a7", "#9fa8da"};
    switch (buffer.kind) {
      case ArenaBuffer::Kind::kScratch:
        return "#ffcc80";
      case ArenaBuffer::Kind::kState:
        return "#e6ee9c";
      default:
        return kTensors[index % std::size(kTensors)];
    }
  }

  void DrawBuffers() {
    for (std::size_t i = 0; i < compiled_.buffers.size(); ++i) {
      const ArenaBuffer& buffer = compiled_.buffers[i];
      text_ += "<g><title>" + Escaped(LabelOf(buffer)) + ": " + std::to_string(buffer.bytes) +
               " bytes at " + std::to_string(buffer.offset) + "</title>\n";
      Rectangle(BoxOf(buffer), "fill=\"" + std::string(ColorOf(buffer, i)) +
                                   "\" stroke=\"#37474f\" stroke-width=\"0.6\"");
      text_ += "</g>\n";
    }
    for (const ArenaBuffer& buffer : compiled_.buffers) Label(buffer, BoxOf(buffer));
  }

  // An in-place step's column is shared: its input in the left half, its output in the right.
  Box BoxOf(const ArenaBuffer& buffer) const {
    double left = X(buffer.first);
    double right = X(buffer.last + 1);
    for (const ArenaBuffer& other : compiled_.buffers) {
      const bool overlaps =
          other.offset < buffer.offset + buffer.bytes && buffer.offset < other.offset + other.bytes;
      if (&other == &buffer || !overlaps) continue;
      if (other.first == buffer.last) right = X(buffer.last) + kColumn / 2;
      if (other.last == buffer.first) left = X(buffer.first) + kColumn / 2;
    }
    const double top = Y(buffer.offset + buffer.bytes);
    return {left, top, right - left, Y(buffer.offset) - top};
  }

  static std::string LabelOf(const ArenaBuffer& buffer) {
    switch (buffer.kind) {
      case ArenaBuffer::Kind::kScratch:
        return "scratch of " + buffer.name;
      case ArenaBuffer::Kind::kState:
        return "state " + buffer.name;
      default:
        return buffer.name;
    }
  }

  // Across, or upwards in a narrow rectangle; shortened, or left out where nothing fits.
  void Label(const ArenaBuffer& buffer, const Box& box) {
    constexpr double kCharacter = 6.4;
    const bool upwards = box.height > box.width;
    const double room = (upwards ? box.height : box.width) - 8;
    if ((upwards ? box.width : box.height) < 12 || room < 5 * kCharacter) return;
    const std::string text = (std::to_string(buffer.bytes) + ": " + LabelOf(buffer))
                                 .substr(0, static_cast<std::size_t>(room / kCharacter));
    if (!upwards) return Text(box.x + 4, box.y + box.height / 2 + 4, text);
    Upwards(box.x + box.width / 2 + 4, box.y + box.height - 4, text, "");
  }

  void DrawAxes() {
    const double right = X(Steps() + 1);
    constexpr int kMarks = 4;
    for (int i = 0; i <= kMarks; ++i) {
      const std::uint64_t bytes =
          std::uint64_t{compiled_.arena_bytes} * static_cast<unsigned>(i) / kMarks;
      Line(kLeft, Y(bytes), right, Y(bytes),
           i == kMarks ? "stroke=\"#b71c1c\" stroke-dasharray=\"6 3\""
                       : "stroke=\"#cfd8dc\" stroke-width=\"0.5\"");
      Text(kLeft - 6, Y(bytes) + 4, std::to_string(bytes), "text-anchor=\"end\"");
    }
    for (int step = -1; step <= Steps(); ++step) {
      std::string name = step < 0 ? "inputs" : "outputs";
      if (step >= 0 && step < Steps()) {
        name = std::to_string(step) + "  " + compiled_.steps[static_cast<std::size_t>(step)].kernel;
      }
      Upwards(X(step) + kColumn / 2 + 4, kTop + kHeight + 10, name, "text-anchor=\"end\" ");
    }
  }

  const Compiled& compiled_;
  std::string text_;
};

}  // namespace

std::string ArenaSvg(const Compiled& compiled) { return Picture(compiled).Draw(); }

}  // namespace tinyfog::compile

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <numeric>

#include "commands.h"
#include "infer_input.h"
#include "infer_output.h"
#include "tinyfog/host/file.h"
#include "tinyfog/term/format.h"
#include "tinyfog/term/text.h"

namespace tinyfog::ctl {
namespace {

using std::chrono::nanoseconds;
constexpr std::size_t kLargestInput = 256u << 20;

Outcome<std::string> ReadInput(const std::string& file) {
  if (file != "-") {
    TINYFOG_TRY_ASSIGN(const auto bytes, ReadFile(file, kLargestInput));
    return std::string(bytes.begin(), bytes.end());
  }
  std::string bytes;
  std::string buffer(1 << 16, '\0');
  while (true) {
    const ssize_t n = ::read(STDIN_FILENO, buffer.data(), buffer.size());
    if (n == 0) return bytes;
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return SystemError(errno, "standard input");
    bytes.append(buffer, 0, static_cast<std::size_t>(n));
    if (bytes.size() > kLargestInput) return InvalidArgument("standard input does not end");
  }
}

Answer<::inference::ModelInferRequest> BuildRequest(const Options& options,
                                                    const ModelView& model) {
  ::inference::ModelInferRequest request;
  if (!options.json_input.empty()) {
    const auto text = ReadInput(options.json_input);
    if (!text.ok()) return Unexpected(LocalFailure(text.error()));
    auto parsed = ParseJsonInputs(*text, model);
    if (!parsed.ok())
      return Unexpected(LocalFailure(InContext(parsed.error(), options.json_input)));
    request = std::move(parsed).value();
  }
  for (const auto& text : options.inputs) {
    const InputArgument argument = ParseInputArgument(text, model);
    auto bytes = ReadInput(argument.file);
    if (!bytes.ok()) return Unexpected(LocalFailure(std::move(bytes).error()));
    const auto added = AddRawInput(model, argument.name, std::move(bytes).value(), request);
    if (!added.ok()) return Unexpected(LocalFailure(InContext(added.error(), argument.file)));
  }
  request.set_model_name(options.model);
  if (options.version != 0) request.set_model_version(std::to_string(options.version));
  return request;
}

struct Latencies {
  std::vector<nanoseconds> sorted;
  nanoseconds Quantile(double q) const {
    return sorted[static_cast<std::size_t>(q * static_cast<double>(sorted.size() - 1) + 0.5)];
  }
  nanoseconds Mean() const {
    return std::accumulate(sorted.begin(), sorted.end(), nanoseconds()) /
           static_cast<std::int64_t>(sorted.size());
  }
};

std::string RenderLatencies(const Latencies& all, const term::Style& style) {
  using term::HumanDuration;
  if (all.sorted.size() == 1)
    return term::Pairs({{"latency", HumanDuration(all.sorted[0])}}, style);
  return term::Pairs(
      {{"requests", term::HumanCount(all.sorted.size())},
       {"latency", "p50 " + HumanDuration(all.Quantile(0.5)) + ", p90 " +
                       HumanDuration(all.Quantile(0.9)) + ", p99 " +
                       HumanDuration(all.Quantile(0.99)) + ", least " +
                       HumanDuration(all.sorted.front()) + ", most " +
                       HumanDuration(all.sorted.back()) + ", mean " + HumanDuration(all.Mean())}},
      style);
}

void WriteLatencies(const Latencies& all, term::JsonWriter& json) {
  const auto micro = [](nanoseconds d) { return static_cast<double>(d.count()) / 1000; };
  json.Object().Field("count", all.sorted.size()).Field("min", micro(all.sorted.front()));
  json.Field("p50", micro(all.Quantile(0.5))).Field("p90", micro(all.Quantile(0.9)));
  json.Field("p99", micro(all.Quantile(0.99))).Field("max", micro(all.sorted.back()));
  json.Field("mean", micro(all.Mean())).End();
}

Done WriteRaw(const ::inference::ModelInferResponse& response, const std::string& file) {
  const std::string bytes =
      response.raw_output_contents_size() > 0 ? response.raw_output_contents(0) : "";
  if (file == "-") {
    if (term::WriteAll(STDOUT_FILENO, bytes)) return {};
    return Unexpected(LocalFailure(SystemError(errno, "standard output")));
  }
  const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
  const auto written = WriteFileAtomically(file, {data, bytes.size()});
  if (!written.ok()) return Unexpected(LocalFailure(written.error()));
  return {};
}

}  // namespace

Done RunModelInfer(Client& client, const Options& options, const Output& output) {
  if (options.inputs.empty() && options.json_input.empty()) {
    return Unexpected(
        UsageFailure("what is the input? --input FILE (raw bytes) or --json-input FILE"));
  }
  TINYFOG_TRY_ASSIGN(const auto metadata, client.Metadata(options.model, options.version));
  TINYFOG_TRY_ASSIGN(const auto config, client.Config(options.model, options.version));
  const ModelView model = MakeModelView(metadata, config);
  TINYFOG_TRY_ASSIGN(const auto request, BuildRequest(options, model));

  Latencies latencies;
  ::inference::ModelInferResponse response;
  for (std::uint32_t i = 0; i < options.repeat; ++i) {
    const auto start = std::chrono::steady_clock::now();
    TINYFOG_TRY_ASSIGN(response, client.Infer(request));
    latencies.sorted.push_back(std::chrono::steady_clock::now() - start);
  }
  std::sort(latencies.sorted.begin(), latencies.sorted.end());
  if (!options.output_file.empty()) TINYFOG_TRY(WriteRaw(response, options.output_file));
  if (options.output_file == "-") return {};

  const auto outputs = DecodeOutputs(response, model);
  if (!outputs.ok()) return Unexpected(Failure{ExitCode::kFailed, outputs.error(), ""});
  if (output.json) {
    term::JsonWriter json;
    json.Object().Field("model", response.model_name()).Field("version", response.model_version());
    WriteOutputs(*outputs, model, options.top, json.Key("outputs"));
    WriteLatencies(latencies, json.Key("latency_us"));
    json.End();
    output.Json(json);
    return {};
  }
  output.Text(
      term::Pairs({{"model", response.model_name() + " version " + response.model_version()}},
                  output.out.style) +
      RenderOutputs(*outputs, model, options.top, output.out.style) +
      RenderLatencies(latencies, output.out.style));
  return {};
}

}  // namespace tinyfog::ctl

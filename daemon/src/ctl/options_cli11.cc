#include <CLI/CLI.hpp>
#include <sstream>
#include <tuple>

#include "completion.h"
#include "exit_code.h"
#include "options.h"

namespace tinyfog::ctl {
namespace {

constexpr const char* kFooter = R"(
Server: --server, else the environment's TINYFOG_SERVER, else the local gateway's unix socket.
Exit status: 0 done; 1 the gateway refused or failed; 2 wrong command line; 3 no gateway reached;
4 no answer within --timeout; 5 a local file cannot be read or written.)";

// The command line as CLI11 sees it, writing into one Options.
class CommandLine {
 public:
  CommandLine() : app_("Controls a Tinyfog gateway.", "tinyfogctl") {
    app_.fallthrough();
    app_.require_subcommand(1);
    app_.footer(kFooter);
    AddGlobal();
    Command_(app_, "status", "Whether the gateway works, and what it does", Command::kStatus);
    AddModel();
    AddNode();
    AddArtifact();
    AddWatch();
    Command_(app_, "version", "Versions of this program and of the gateway", Command::kVersion);
    auto* completion =
        Command_(app_, "completion", "Print a shell completion script", Command::kCompletion);
    completion->add_option("shell", shell_, "bash")->required()->check(CLI::IsMember({"bash"}));
  }

  CLI::App& app() { return app_; }
  Options Take() {
    if (timeout_ > 0) {
      options_.timeout = std::chrono::milliseconds(static_cast<std::int64_t>(timeout_ * 1000));
    }
    return options_;
  }

 private:
  CLI::App* Command_(CLI::App& parent, const char* name, const char* help, Command command) {
    CLI::App* sub = parent.add_subcommand(name, help);
    sub->callback([this, command] { options_.command = command; });
    return sub;
  }

  void AddGlobal() {
    const char* group = "Options for every command";
    app_.set_help_flag("-h,--help", "Print this help");
    app_.add_option("--server", options_.server, "unix:PATH or host:port")
        ->type_name("ADDRESS")
        ->group(group);
    auto* ca =
        app_.add_option("--tls-ca", options_.tls.ca_file, "Use TLS; trust these authorities (PEM)");
    auto* cert =
        app_.add_option("--tls-cert", options_.tls.cert_file, "Use TLS; client certificate (PEM)");
    auto* key =
        app_.add_option("--tls-key", options_.tls.key_file, "Key of the client certificate (PEM)");
    cert->needs(key);
    key->needs(cert);
    for (auto* option : {ca, cert, key}) {
      option->type_name("FILE")->group(group);
    }
    app_.add_option("--timeout", timeout_,
                    "Give up after this time (default 30; 600 for push and --wait)")
        ->type_name("SECONDS")
        ->check(CLI::Range(0.001, 1e6))
        ->group(group);
    app_.add_flag("--json", options_.json, "Print JSON for programs")->group(group);
    app_.add_flag("--no-color", options_.no_color, "No colours (as does NO_COLOR)")->group(group);
  }

  CLI::App* ModelCommand(CLI::App& parent, const char* name, const char* help, Command command) {
    CLI::App* sub = Command_(parent, name, help, command);
    sub->add_option("model", options_.model, "Name of the model")->required();
    return sub;
  }

  void AddVersion(CLI::App& sub, const char* help) {
    sub.add_option("--version", options_.version, help)->type_name("N")->check(CLI::PositiveNumber);
  }

  void AddModel() {
    CLI::App& model = *app_.add_subcommand("model", "Models of the gateway's repository");
    model.require_subcommand(1);
    auto* list = Command_(model, "list", "Every model and version", Command::kModelList);
    list->add_flag("--names", options_.names_only, "Only the names, one on each line");
    auto* show = ModelCommand(model, "show", "Inputs, outputs, settings and statistics",
                              Command::kModelShow);
    AddVersion(*show, "Version (default: the newest)");
    ModelCommand(model, "load", "Load or reload from the repository", Command::kModelLoad);
    ModelCommand(model, "unload", "Finish what is queued, then stop serving",
                 Command::kModelUnload);
    auto* push =
        ModelCommand(model, "push", "Upload a model file and load it", Command::kModelPush);
    push->add_option("file", options_.model_file, "The .tflite file")->required();
    AddVersion(*push, "Version (default: one more than the highest)");
    push->add_option("--config", options_.config_file, "config.toml to go with the model")
        ->type_name("FILE");
    push->add_flag("--no-load", options_.no_load, "Only store it");
    AddInfer(*ModelCommand(model, "infer", "Run an inference", Command::kModelInfer));
    auto* fit = Command_(model, "fit", "Whether a model fits microcontroller boards, and how fast",
                         Command::kModelFit);
    fit->add_option("file", options_.model_file, "The .tflite file")->required();
    fit->add_option("--board", options_.boards, "Only this board (repeatable; default: all known)")
        ->type_name("NAME");
  }

  void AddArtifact() {
    CLI::App& artifact = *app_.add_subcommand("artifact", "Firmware and models for nodes");
    artifact.require_subcommand(1);
    auto* push = Command_(artifact, "push", "Upload a signed firmware image or model package",
                          Command::kArtifactPush);
    push->add_option("file", options_.artifact_file, "Of tinyfog-image, imgtool, tinyfog-package")
        ->required();
    auto* list = Command_(artifact, "list", "Every artifact, newest first", Command::kArtifactList);
    list->add_flag("--names", options_.names_only, "Only NAME@VERSION, one on each line");
    const std::tuple<const char*, const char*, Command> others[] = {
        {"show", "What an artifact says of itself", Command::kArtifactShow},
        {"verify", "Check digest, signature and content again", Command::kArtifactVerify},
        {"remove", "Remove an artifact that no node is to have", Command::kArtifactRemove}};
    for (const auto& [name, help, command] : others) {
      Command_(artifact, name, help, command)
          ->add_option("artifact", options_.artifact,
                       "NAME@VERSION, or the first 6 digits or more of its digest")
          ->required();
    }
  }

  void AddInfer(CLI::App& infer) {
    auto* raw = infer.add_option("-i,--input", options_.inputs,
                                 "The input tensor's bytes: FILE, NAME=FILE or - (repeatable)");
    raw->type_name("FILE")->allow_extra_args(false);
    infer
        .add_option("--json-input", options_.json_input,
                    "Inputs as Open Inference Protocol JSON: FILE or -")
        ->type_name("FILE")
        ->excludes(raw);
    infer
        .add_option("-o,--output", options_.output_file,
                    "Write the first output's bytes to FILE or -")
        ->type_name("FILE");
    infer.add_option("--repeat", options_.repeat, "Send it N times and print latencies")
        ->type_name("N")
        ->check(CLI::Range(1u, 1'000'000u));
    infer.add_option("--top", options_.top, "How many classes to print (default 5)")
        ->type_name("N")
        ->check(CLI::Range(1u, 1'000'000u));
    AddVersion(infer, "Version (default: the newest)");
  }

  CLI::App* NodeCommand(CLI::App& parent, const char* name, const char* help, Command command) {
    CLI::App* sub = Command_(parent, name, help, command);
    sub->add_option("node", options_.node, "Id of the node")->required();
    return sub;
  }

  void AddNode() {
    CLI::App& node = *app_.add_subcommand("node", "The site's nodes");
    node.require_subcommand(1);
    auto* list = Command_(node, "list", "Every node", Command::kNodeList);
    list->add_flag("--names", options_.names_only, "Only the ids, one on each line");
    NodeCommand(node, "show", "State, models, update and telemetry", Command::kNodeShow);
    auto* watch = Command_(node, "watch", "Watch nodes and their updates", Command::kNodeWatch);
    watch->add_option("prefix", options_.node, "Only nodes whose ids begin so");
    watch->add_option("--count", options_.count, "Stop after N changes")
        ->type_name("N")
        ->check(CLI::PositiveNumber);
    AddNodeSet(*NodeCommand(node, "set", "Change what a node shall be", Command::kNodeSet));
    NodeCommand(node, "remove", "Forget a node that is not connected", Command::kNodeRemove);
  }

  void AddNodeSet(CLI::App& set) {
    set.add_option("--model", options_.node_model, "NAME@VERSION or digest; - for no longer")
        ->type_name("MODEL");
    set.add_option("--firmware", options_.node_firmware,
                   "VERSION, HARDWARE@VERSION or digest; - for no longer")
        ->type_name("FIRMWARE");
    set.add_option("--sample-interval-ms", options_.sample_interval_ms,
                   "Between two inferences; 0: the firmware's own")
        ->type_name("N");
    set.add_option("--cascade-permille", options_.cascade_permille,
                   "Confidence below which samples go to the gateway; 0: never")
        ->type_name("N");
    set.add_option("--cascade-model", options_.cascade_model,
                   "The gateway's model that answers them")
        ->type_name("NAME");
    set.add_option("--telemetry-interval-s", options_.telemetry_interval_s,
                   "Between two telemetry messages; 0: the firmware's own")
        ->type_name("N");
    set.add_flag("--wait", options_.wait, "Until the node has it, or refuses");
  }

  void AddWatch() {
    auto* watch = Command_(app_, "watch", "Watch inferences as they happen", Command::kWatch);
    watch->add_flag("--follow-events", options_.follow_events,
                    "One line per event of any kind instead of a table");
    watch->add_option("--count", options_.count, "Stop after N events")
        ->type_name("N")
        ->check(CLI::PositiveNumber);
    watch->add_option("--model", options_.model, "Only this model");
    watch->add_option("--node", options_.node, "Only this node");
  }

  CLI::App app_;
  Options options_;
  std::string shell_;
  double timeout_ = 0;
};

std::vector<CompletionNode> Describe(const CLI::App& app, const std::string& path) {
  CompletionNode node;
  node.path = path;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) {
      node.options.push_back("--" + name);
      if (option->get_expected_min() > 0 && option->get_type_name() == "FILE")
        node.file_options.push_back("--" + name);
      else if (option->get_items_expected_max() > 0)
        node.value_options.push_back("--" + name);
    }
  }
  std::vector<CompletionNode> all;
  for (const CLI::App* sub : app.get_subcommands(nullptr)) {
    node.commands.push_back(sub->get_name());
    const auto below =
        Describe(*sub, path.empty() ? sub->get_name() : path + " " + sub->get_name());
    all.insert(all.end(), below.begin(), below.end());
  }
  all.insert(all.begin(), node);
  return all;
}

}  // namespace

Result<Options, int> ParseOptions(int argc, const char* const* argv, std::ostream& out,
                                  std::ostream& err) {
  CommandLine line;
  try {
    line.app().parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    std::ostringstream said;
    const bool fine = line.app().exit(e, said, said) == 0;
    const auto unknown = line.app().remaining(true);
    if (!fine && !unknown.empty())
      said.str("tinyfogctl does not know '" + unknown.front() +
               "'\nRun with --help for more information.\n");
    (fine ? out : err) << said.str();
    return Unexpected(static_cast<int>(fine ? ExitCode::kOk : ExitCode::kUsage));
  }
  return line.Take();
}

std::string BashCompletion() {
  CommandLine line;
  return RenderBashCompletion(Describe(line.app(), ""));
}

}  // namespace tinyfog::ctl

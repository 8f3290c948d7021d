#include "completion.h"

#include <algorithm>

namespace tinyfog::ctl {
namespace {

std::string Join(const std::vector<std::string>& words, const char* separator) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : separator) + word;
  return text;
}

std::string CaseOf(const std::string& label, const std::string& action) {
  return "    " + label + ") " + action + " ;;\n";
}

// What follows an option that takes a value.
std::string OptionCases(const std::vector<CompletionNode>& nodes) {
  std::vector<std::string> files, values;
  for (const auto& node : nodes) {
    files.insert(files.end(), node.file_options.begin(), node.file_options.end());
    for (const auto& name : node.value_options) {
      const bool known = std::find(values.begin(), values.end(), name) != values.end();
      if (name != "--model" && !known) values.push_back(name);
    }
  }
  std::string text;
  text += CaseOf(Join(files, " | "), "COMPREPLY=($(compgen -f -- \"$cur\")); return");
  text += CaseOf(Join(values, " | "), "return");
  return text +
         CaseOf("--model",
                "COMPREPLY=($(compgen -W \"$(_tinyfogctl_names model)\" -- \"$cur\")); return");
}

std::string CommandCases(const std::vector<CompletionNode>& nodes) {
  std::string text;
  for (const auto& node : nodes) {
    const std::string action = "commands=\"" + Join(node.commands, " ") + "\" options=\"" +
                               (node.path.empty() ? "" : Join(node.options, " ")) + "\"";
    text += CaseOf("\"" + node.path + "\"", action);
  }
  return text;
}

constexpr const char* kHead =
    R"BASH(# bash completion for tinyfogctl; made by `tinyfogctl completion bash`.

# Names of what the gateway has: `_tinyfogctl_names model`, node, artifact.
_tinyfogctl_names() {
  local i what=$1 args=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    [[ ${COMP_WORDS[i]} == --server || ${COMP_WORDS[i]} == --tls-* ]] && args+=("${COMP_WORDS[i]}" "${COMP_WORDS[i + 1]}")
  done
  tinyfogctl "${args[@]}" --timeout 1 "$what" list --names 2>/dev/null
}

_tinyfogctl() {
  local cur=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  local i word path="" words=0 commands="" options=""
  COMPREPLY=()
  case "$previous" in
)BASH";

constexpr const char* kWalk = R"BASH(  esac
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    case "$word" in
      -*) continue ;;
    esac
    case " $_tinyfogctl_value_options " in
      *" ${COMP_WORDS[i - 1]} "*) continue ;;
    esac
    case " $_tinyfogctl_paths " in
      *" ${path:+${path// //}/}$word "*) path=${path:+$path }$word ;;
      *) words=$((words + 1)) ;;
    esac
  done
  case "$path" in
)BASH";

constexpr const char* kTail = R"BASH(  esac
  if [[ $cur == -* ]]; then
    COMPREPLY=($(compgen -W "$_tinyfogctl_global_options $options" -- "$cur"))
  elif [[ -n $commands ]]; then
    COMPREPLY=($(compgen -W "$commands" -- "$cur"))
  elif [[ $path == completion ]]; then
    COMPREPLY=($(compgen -W "bash" -- "$cur"))
  elif [[ $path == "model fit" || $path == "artifact push" || ( $path == "model push" && $words -ge 1 ) ]]; then
    COMPREPLY=($(compgen -f -- "$cur"))
  elif [[ $path == model\ ?* && $path != "model list" && $words -eq 0 ]]; then
    COMPREPLY=($(compgen -W "$(_tinyfogctl_names model)" -- "$cur"))
  elif [[ $path == node\ ?* && $path != "node list" && $words -eq 0 ]]; then
    COMPREPLY=($(compgen -W "$(_tinyfogctl_names node)" -- "$cur"))
  elif [[ $path == artifact\ ?* && $path != "artifact list" && $words -eq 0 ]]; then
    COMPREPLY=($(compgen -W "$(_tinyfogctl_names artifact)" -- "$cur"))
  fi
}

complete -o filenames -F _tinyfogctl tinyfogctl
)BASH";

}  // namespace

std::string RenderBashCompletion(const std::vector<CompletionNode>& nodes) {
  std::string paths, values;
  for (const auto& node : nodes) {
    std::string path = node.path;
    for (char& c : path) c = c == ' ' ? '/' : c;
    if (!path.empty()) paths += (paths.empty() ? "" : " ") + path;
    for (const auto* names : {&node.file_options, &node.value_options}) {
      for (const auto& name : *names) values += (values.empty() ? "" : " ") + name;
    }
  }
  std::string text = std::string(kHead) + OptionCases(nodes) + kWalk + CommandCases(nodes) + kTail;
  text += "_tinyfogctl_paths=\"" + paths + "\"\n";
  text += "_tinyfogctl_value_options=\"" + values + "\"\n";
  text += "_tinyfogctl_global_options=\"" + Join(nodes.front().options, " ") + "\"\n";
  return text;
}

}  // namespace tinyfog::ctl

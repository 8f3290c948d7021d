# bash completion for tinyfogctl; made by `tinyfogctl completion bash`.

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
    --tls-ca | --tls-cert | --tls-key | --config | --input | --json-input | --output) COMPREPLY=($(compgen -f -- "$cur")); return ;;
    --server | --timeout | --version | --repeat | --top | --board | --count | --firmware | --sample-interval-ms | --cascade-permille | --cascade-model | --telemetry-interval-s | --node) return ;;
    --model) COMPREPLY=($(compgen -W "$(_tinyfogctl_names model)" -- "$cur")); return ;;
  esac
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
    "") commands="status model node artifact watch version completion" options="" ;;
    "status") commands="" options="--help" ;;
    "model") commands="list show load unload push infer fit" options="--help" ;;
    "model list") commands="" options="--help --names" ;;
    "model show") commands="" options="--help --version" ;;
    "model load") commands="" options="--help" ;;
    "model unload") commands="" options="--help" ;;
    "model push") commands="" options="--help --version --config --no-load" ;;
    "model infer") commands="" options="--help --input --json-input --output --repeat --top --version" ;;
    "model fit") commands="" options="--help --board" ;;
    "node") commands="list show watch set remove" options="--help" ;;
    "node list") commands="" options="--help --names" ;;
    "node show") commands="" options="--help" ;;
    "node watch") commands="" options="--help --count" ;;
    "node set") commands="" options="--help --model --firmware --sample-interval-ms --cascade-permille --cascade-model --telemetry-interval-s --wait" ;;
    "node remove") commands="" options="--help" ;;
    "artifact") commands="push list show verify remove" options="--help" ;;
    "artifact push") commands="" options="--help" ;;
    "artifact list") commands="" options="--help --names" ;;
    "artifact show") commands="" options="--help" ;;
    "artifact verify") commands="" options="--help" ;;
    "artifact remove") commands="" options="--help" ;;
    "watch") commands="" options="--help --follow-events --count --model --node" ;;
    "version") commands="" options="--help" ;;
    "completion") commands="" options="--help" ;;
  esac
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
_tinyfogctl_paths="status model model/list model/show model/load model/unload model/push model/infer model/fit node node/list node/show node/watch node/set node/remove artifact artifact/push artifact/list artifact/show artifact/verify artifact/remove watch version completion"
_tinyfogctl_value_options="--tls-ca --tls-cert --tls-key --server --timeout --version --config --version --input --json-input --output --repeat --top --version --board --count --model --firmware --sample-interval-ms --cascade-permille --cascade-model --telemetry-interval-s --count --model --node"
_tinyfogctl_global_options="--help --server --tls-ca --tls-cert --tls-key --timeout --json --no-color"

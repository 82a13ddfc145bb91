# Completion of sonde for bash: install it as /usr/share/bash-completion/completions/sonde, or source it.
_sonde() {
  local word=${COMP_WORDS[COMP_CWORD]}
  local before=${COMP_WORDS[COMP_CWORD - 1]}
  local verb=${COMP_WORDS[1]}
  local verbs='run hub check doctor top query series events rules probe routes oncall notify alerts incidents silence deliveries'
  local -A group_verbs=(
    [rules]='check list explain test backtest export parameters'
    [probe]='list run'
    [routes]='check show test'
    [oncall]='now who preview export override'
    [notify]='list test'
    [alerts]='list show ack unack snooze resolve note assign merge escalate'
    [incidents]='list show review report'
    [silence]='add list expire preview'
    [deliveries]='list retry'
  )
  local figures='requests rate p50 p95 p99 client_errors errors'
  local states='queued leased waiting unknown sent dead cancelled superseded'
  local verdicts='unknown actionable noise known'
  local groupings='rule service team day week month'
  local flags=''
  COMPREPLY=()

  if ((COMP_CWORD == 1)); then
    mapfile -t COMPREPLY < <(compgen -W "$verbs --help --version" -- "$word")
    return
  fi

  if [[ -n ${group_verbs[$verb]-} ]]; then
    if ((COMP_CWORD == 2)); then
      mapfile -t COMPREPLY < <(compgen -W "${group_verbs[$verb]} --help" -- "$word")
      return
    fi
    verb="$verb ${COMP_WORDS[2]}"
  fi
  case $before in
    --config | --config.file | --token-file)
      compopt -o filenames 2>/dev/null
      mapfile -t COMPREPLY < <(compgen -f -- "$word")
      return
      ;;
    --log-level) mapfile -t COMPREPLY < <(compgen -W 'debug info warn error' -- "$word") && return ;;
    --log-format) mapfile -t COMPREPLY < <(compgen -W 'text json' -- "$word") && return ;;
    --sort) mapfile -t COMPREPLY < <(compgen -W "$figures" -- "$word") && return ;;
    --output | -o)
      local formats='table json'
      [[ $verb == top || $verb == query || $verb == 'incidents report' ]] && formats+=' csv'
      [[ $verb == 'rules parameters' ]] && formats+=' markdown'
      mapfile -t COMPREPLY < <(compgen -W "$formats" -- "$word")
      return
      ;;
    --only | --listen | --address | --window | --interval | --count | --service | --since | --limit) return ;;
    --at | --range | --step | --timeout | --until | --verify.receivers | --weeks) return ;;
    --state) mapfile -t COMPREPLY < <(compgen -W "$states" -- "$word") && return ;;
    --verdict) mapfile -t COMPREPLY < <(compgen -W "$verdicts" -- "$word") && return ;;
    --by) mapfile -t COMPREPLY < <(compgen -W "$groupings" -- "$word") && return ;;
    --for | --note | --author | --version-seen | --into | --comment | --start | --incident) return ;;
    --cause | --action | --follow-up | --zone | --schedule | --person | --replaces) return ;;
  esac

  case $verb in
    run) flags='--config --only --listen --log-level --log-format' ;;
    hub) flags='--config --listen --log-level --log-format' ;;
    check) flags='' ;;
    doctor) flags='--config --output' ;;
    top) flags='--address --once --window --interval --sort --count --service --output --no-color' ;;
    query) flags='--address --at --range --step --timeout --exact-buckets --output --no-color' ;;
    series) flags='--address --since --count --labels --output' ;;
    events) flags='--address --since --service --limit --follow --output --no-color' ;;
    rules) flags='' ;;
    'rules check') flags='--config' ;;
    'rules list') flags='--address --output' ;;
    'rules explain') flags='--address --output' ;;
    'rules test') flags='--judge' ;;
    'rules backtest') flags='--address --since --until --step --output' ;;
    'rules export') flags='--config' ;;
    'rules parameters') flags='--config --output' ;;
    probe) flags='' ;;
    'probe list') flags='--address --output' ;;
    'probe run') flags='--config --output' ;;
    routes) flags='' ;;
    'routes check') flags='' ;;
    'routes show') flags='--config.file --output' ;;
    'routes test') flags='--config.file --verify.receivers --at --tree --output' ;;
    oncall) flags='' ;;
    'oncall now') flags='--config --output' ;;
    'oncall who') flags='--at --config --output' ;;
    'oncall preview') flags='--weeks --config --output' ;;
    'oncall export') flags='--weeks --config' ;;
    'oncall override') flags='--schedule --person --replaces --start --until --for --comment --author --address --token-file --output' ;;
    notify) flags='' ;;
    'notify list') flags='--config --output' ;;
    'notify test') flags='--config' ;;
    alerts) flags='' ;;
    'alerts list') flags='--all --count --address --token-file --output --no-color' ;;
    'alerts show') flags='--address --token-file --output --no-color' ;;
    'alerts ack') flags='--for --renew --note --version-seen --author --address --token-file --output' ;;
    'alerts unack') flags='--note --version-seen --author --address --token-file --output' ;;
    'alerts snooze') flags='--for --note --version-seen --author --address --token-file --output' ;;
    'alerts resolve') flags='--note --version-seen --author --address --token-file --output' ;;
    'alerts note') flags='--version-seen --author --address --token-file --output' ;;
    'alerts assign') flags='--version-seen --author --address --token-file --output' ;;
    'alerts merge') flags='--into --note --version-seen --author --address --token-file --output' ;;
    'alerts escalate') flags='--note --version-seen --author --address --token-file --output' ;;
    incidents) flags='' ;;
    'incidents list') flags='--all --count --address --token-file --output --no-color' ;;
    'incidents show') flags='--address --token-file --output --no-color' ;;
    'incidents review') flags='--cause --action --verdict --follow-up --fixed --author --address --token-file --output' ;;
    'incidents report') flags='--since --by --zone --address --token-file --output' ;;
    silence) flags='' ;;
    'silence add') flags='--comment --for --start --author --address --token-file --output' ;;
    'silence list') flags='--all --address --token-file --output --no-color' ;;
    'silence expire') flags='--address --token-file' ;;
    'silence preview') flags='--address --token-file --output' ;;
    deliveries) flags='' ;;
    'deliveries list') flags='--state --incident --count --address --token-file --output --no-color' ;;
    'deliveries retry') flags='--address --token-file' ;;
  esac

  if [[ $verb =~ ^(check|rules (check|test|backtest)|routes check)$ && $word != -* ]]; then
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen -f -- "$word")
  else
    mapfile -t COMPREPLY < <(compgen -W "$flags --help" -- "$word")
  fi
}
complete -F _sonde sonde

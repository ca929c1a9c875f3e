/**
 * Main process of a pane: runs the launcher as its child and reports how that ended. The launcher
 * execs the harness, so the pid of the subshell is the harness's. Signals for the process group
 * reach the harness; the script outlives them to tell the end. `1<>` opens a FIFO without waiting.
 *
 * Arguments: run, FIFO, launcher.
 */
export const PANE = `trap : HUP INT QUIT TERM
(
  printf 'started %s %s %s\\n' "$1" "$$" "$BASHPID" 1<>"$2"
  exec "$3"
)
printf 'ended %s %s\\n' "$1" "$?" 1<>"$2"
`;

/** Main process of a viewer's pane: stays attached to the private server. Arguments: agent, tmux, socket, sleep. */
export const VIEW = `unset TMUX TMUX_PANE
while :; do
  "$2" -u -S "$3" attach-session -t agent 2>/dev/null
  printf '\\033[H\\033[2J[forge] the terminal of %s is away; looking again every second\\n' "$1"
  "$4" 1
done
`;

/**
 * The private server of one agent. No prefix and no keys: what people type is the harness's. The
 * first pane only waits to be replaced by the first start; `@run` says which start a death belongs to.
 */
export const holderConfig = (fifo: string): string => `set -s exit-empty off
set -s default-terminal tmux-256color
set -s set-clipboard off
set -s escape-time 0
set -s message-limit 100
set -g default-shell /bin/sh
set -g status off
set -g mouse off
set -g prefix None
set -g prefix2 None
unbind -a -T root
unbind -a -T prefix
set -g history-limit 5000
set -g default-size 200x50
set -g remain-on-exit on
set -g remain-on-exit-format ""
set -g allow-rename off
set -g automatic-rename off
set -g update-environment ""
new-session -d -s agent -n agent -x 200 -y 50 'exec sleep infinity'
set-hook -g pane-died "run-shell -b 'echo died #{@run} 1<>${fifo}'"
`;

/** The people's server, when no server of that name runs yet. C-b [ scrolls in the agent's own history. */
export const VIEWER_CONFIG = `set -g default-shell /bin/sh
set -g default-size 200x50
set -g status-left "[#S] "
set -g status-left-length 40
set -g status-right "C-b d leaves, C-b s switches"
set -g status-right-length 40
set -s escape-time 0
set -g window-status-format ""
set -g window-status-current-format ""
set -g allow-rename off
set -g automatic-rename off
bind-key -N "Scroll" [ if -F "#{@forge_socket}" "run-shell -b '#{@forge_tmux} -S #{@forge_socket} copy-mode -t agent:'" copy-mode
`;

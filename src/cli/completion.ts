import type { CommandSpec } from "./command.ts";

export const shells = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof shells)[number];

/** A script for a shell that completes commands, their first words and their flags; files where nothing else fits. */
export function completionScript(shell: Shell, commands: readonly CommandSpec[]): string {
  return { bash: bashScript, zsh: zshScript, fish: fishScript }[shell](commands);
}

const flagsOf = ({ options }: CommandSpec) => [...options.map(({ name }) => `--${name}`), "--help"];
const wordsOf = (command: CommandSpec) => [...(command.subcommands ?? []), ...flagsOf(command)];
const namesOf = (commands: readonly CommandSpec[]) => commands.map(({ name }) => name).join(" ");

function bashScript(commands: readonly CommandSpec[]): string {
  const cases = commands.map((command) => `    ${command.name}) words="${wordsOf(command).join(" ")}" ;;`);
  return `# zerverless completion: source <(zerverless completion bash)
_zerverless() {
  local current=\${COMP_WORDS[COMP_CWORD]} words
  if [ "$COMP_CWORD" = 1 ]; then
    COMPREPLY=($(compgen -W "${namesOf(commands)} --help --version" -- "$current"))
    return
  fi
  case \${COMP_WORDS[1]} in
${cases.join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  [ \${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- "$current"))
}
complete -o filenames -F _zerverless zerverless
`;
}

function zshScript(commands: readonly CommandSpec[]): string {
  const quoted = (text: string) => text.replaceAll("'", "'\\''").replaceAll(":", "\\:");
  const list = commands.map(({ name, summary }) => `    '${name}:${quoted(summary)}'`);
  const cases = commands.map((command) => `    ${command.name}) compadd -- ${wordsOf(command).join(" ")} ;;`);
  return `#compdef zerverless
# zerverless completion: source <(zerverless completion zsh)
_zerverless() {
  local -a commands=(
${list.join("\n")}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  case \${words[2]} in
${cases.join("\n")}
  esac
  _files
}
compdef _zerverless zerverless
`;
}

function fishScript(commands: readonly CommandSpec[]): string {
  const quoted = (text: string) => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
  const lines = commands.flatMap(({ name, summary, subcommands = [], options }) => {
    const seen = `-n '__fish_seen_subcommand_from ${name}'`;
    return [
      `complete -c zerverless -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}`,
      ...subcommands.map((word) => `complete -c zerverless ${seen} -a ${word}`),
      ...options.map((option) => {
        const needsValue = option.value === undefined ? "" : " -r";
        const short = option.short === undefined ? "" : ` -s ${option.short}`;
        return `complete -c zerverless ${seen} -l ${option.name}${short}${needsValue} -d ${quoted(option.says)}`;
      }),
    ];
  });
  return `# zerverless completion: zerverless completion fish | source\n${lines.join("\n")}\n`;
}

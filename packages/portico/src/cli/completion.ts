import { COMMANDS, type Command, type Flag, GLOBAL_FLAGS, type SHELLS } from './flags.ts';

export type Shell = (typeof SHELLS)[number];

/** A script to be sourced by the shell: `source <(portico completion bash)`. */
export function completionScript(shell: Shell): string {
  return { bash: bashScript, zsh: zshScript, fish: fishScript }[shell]();
}

type Completion = 'file' | 'folder' | readonly string[];

function flagsOf(command: Command): [name: string, flag: Flag][] {
  return Object.entries<Flag>({ ...command.flags, help: GLOBAL_FLAGS.help });
}

/** Those after which something can be completed. */
function actionsOf({ actions = {} }: Command): [name: string, completes: Completion][] {
  return Object.entries(actions).flatMap(([name, { completes }]) => (completes === undefined ? [] : [[name, completes]]));
}

function bashScript(): string {
  const generate = (completes: Completion | undefined): string => {
    if (completes === 'file') return 'compgen -f -- "$current"';
    if (completes === 'folder') return 'compgen -d -- "$current"';
    return completes ? `compgen -W '${completes.join(' ')}' -- "$current"` : 'true';
  };
  const cases = Object.entries<Command>(COMMANDS).flatMap(([name, command]) => [
    ...flagsOf(command).flatMap(([flag, { value, completes }]) =>
      value ? [`    ${name}:--${flag}:*) replies=$(${generate(completes)}) ;;`] : [],
    ),
    `    ${name}:*:-*) replies=$(${generate(flagsOf(command).map(([flag]) => `--${flag}`))}) ;;`,
    ...actionsOf(command).map(([action, completes]) => `    ${name}:${action}:*) replies=$(${generate(completes)}) ;;`),
    `    ${name}:*) replies=$(${generate(command.completes)}) ;;`,
  ]);
  return `# bash completion for portico: source <(portico completion bash)
_portico() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} command=\${COMP_WORDS[1]} replies
  ((COMP_CWORD == 1)) && command=
  case "$command:$previous:$current" in
${cases.join('\n')}
    :*) replies=$(${generate([...Object.keys(COMMANDS), ...Object.keys(GLOBAL_FLAGS).map((name) => `--${name}`)])}) ;;
  esac
  mapfile -t COMPREPLY <<<"$replies"
  [[ $replies ]] || COMPREPLY=()
}
complete -o filenames -F _portico portico
`;
}

function zshScript(): string {
  const action = (completes: Completion | undefined): string => {
    if (completes === 'file') return '_files';
    if (completes === 'folder') return '_files -/';
    return completes ? `(${completes.join(' ')})` : ' ';
  };
  const quoted = (text: string): string => text.replaceAll("'", "'\\''");
  const inBrackets = (text: string): string => quoted(text.replace(/[[\]\\:]/g, '\\$&'));
  const cases = Object.entries<Command>(COMMANDS).map(([name, command]) => {
    const specs = flagsOf(command).map(([flag, { doc, value, completes, repeatable }]) => {
      const argument = value ? `:${inBrackets(value)}:${action(completes)}` : '';
      return `'${repeatable ? '*' : ''}--${flag}[${inBrackets(doc)}]${argument}'`;
    });
    const argument = command.completes ? [`'1:${inBrackets(command.argument ?? '')}:${action(command.completes)}'`] : [];
    const next = actionsOf(command).map(([, completes]) => `'2: :${action(completes)}'`);
    return `    ${name}) _arguments ${[...specs, ...argument, ...next].join(' \\\n      ')} ;;`;
  });
  const commands = Object.entries<Command>(COMMANDS).map(([name, { doc }]) => `'${name}:${quoted(doc)}'`);
  return `#compdef portico
# zsh completion for portico: source <(portico completion zsh)
_portico() {
  if ((CURRENT == 2)); then
    local -a commands=(${commands.join(' ')})
    _describe command commands
    return
  fi
  shift words
  ((CURRENT--))
  case $words[1] in
${cases.join('\n')}
  esac
}
compdef _portico portico
`;
}

function fishScript(): string {
  const quoted = (text: string): string => `'${text.replace(/['\\]/g, '\\$&')}'`;
  const generate = (completes: Completion | undefined): string => {
    if (completes === 'file') return ' -F';
    if (completes === 'folder') return " -a '(__fish_complete_directories)'";
    return completes ? ` -a ${quoted(completes.join(' '))}` : '';
  };
  const lines = Object.entries<Command>(COMMANDS).flatMap(([name, command]) => {
    const within = `complete -c portico -n '__fish_seen_subcommand_from ${name}'`;
    return [
      `complete -c portico -n __fish_use_subcommand -a ${name} -d ${quoted(command.doc)}`,
      ...(command.completes ? [`${within}${generate(command.completes)}`] : []),
      ...actionsOf(command).map(([, completes]) => `${within}${generate(completes)}`),
      ...flagsOf(command).map(
        ([flag, { doc, value, completes }]) => `${within} -l ${flag}${value ? ` -r${generate(completes)}` : ''} -d ${quoted(doc)}`,
      ),
    ];
  });
  return ['# fish completion for portico: portico completion fish | source', 'complete -c portico -f', ...lines, ''].join('\n');
}

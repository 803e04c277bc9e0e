// Apart from the tools: the command line lists the names before it loads what they name.
/**
 * The programs that apply sysctl.d files, as `--like` names them; the first is the default. `procps` is what Debian 12 and 13 have; the others
 * are the releases before and after, which take some lines otherwise.
 */
export const TOOL_NAMES = ['systemd', 'procps', 'procps-3.3', 'procps-4.0.5'] as const;
export type ToolName = (typeof TOOL_NAMES)[number];

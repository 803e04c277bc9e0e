// Apart from the profiles: the command line lists the names before it loads what they name.
/** The emulated kernels, as `--profile` names them; the first is the default. */
export const PROFILE_NAMES = ['v4', '7.3', '7.2', '6.12', '6.1'] as const;
export type ProfileName = (typeof PROFILE_NAMES)[number];

/** Where each comes from: a word or two for help. */
export const PROFILE_ORIGINS: Readonly<Record<ProfileName, string>> = {
  v4: 'as posted', '7.3': 'as merged', '7.2': 'Debian sid', '6.12': 'Debian 13', '6.1': 'Debian 12',
};

/** The transports that can be asked for. Apart from what they load. */
export const TRANSPORT_NAMES = ['auto', 'dev-fuse', 'fuse-native'] as const;
export type TransportName = (typeof TRANSPORT_NAMES)[number];

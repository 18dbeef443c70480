import { TritoneError } from '../../shared/errors.ts';

/** What an identity may do. */
export interface Grants {
  readonly join: boolean;
  readonly publish: boolean;
  readonly subscribe: boolean;
}

export interface Identity {
  readonly subject: string;
  readonly grants: Grants;
}

/** Turns the handshake's token into an identity. @throws TritoneError `access.denied` */
export type Authenticate = (token: string | undefined) => Promise<Identity>;

/** Development mode: everybody may do everything. */
export const grantAll: Authenticate = async () => ({
  subject: 'anyone',
  grants: { join: true, publish: true, subscribe: true },
});

export function requireGrant(identity: Identity, grant: keyof Grants): void {
  if (!identity.grants[grant]) throw new TritoneError('access.denied', { action: grant });
}

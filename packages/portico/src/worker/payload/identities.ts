// Who calls, as `Data` shows it: the list of identities that Azure's host puts together. https://learn.microsoft.com/azure/azure-functions/functions-custom-handlers#request-payload
import type { LocalPrincipal, Principal } from '../../core/authorization.ts';

const NAME_CLAIM = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name';
const ROLE_CLAIM = 'http://schemas.microsoft.com/ws/2008/06/identity/claims/role';
const KEY_CLAIMS = 'http://schemas.microsoft.com/2017/07/functions/claims';
const STRING = 'http://www.w3.org/2001/XMLSchema#string';
const ISSUER = 'LOCAL AUTHORITY';
/** What App Service calls its own provider. */
const PROVIDER = 'aad';

type Claim = readonly [type: string, value: string];

/** Of a caller without a key, the only one. */
export const ANONYMOUS = JSON.stringify([identity(null, [], null)]);

/** JSON of the list: the user whom the command line names, and the key that was used. */
export function identitiesOf(key: Principal | undefined, user: LocalPrincipal | undefined): string {
  if (key === undefined && user === undefined) return ANONYMOUS;
  return JSON.stringify([
    ...(user === undefined ? [] : [identity(PROVIDER, claimsOfUser(user), user.name)]),
    ...(key === undefined ? [] : [identity('WebJobsAuthLevel', claimsOfKey(key), null)]),
  ]);
}

export function claimsOfUser({ name, roles }: LocalPrincipal): Claim[] {
  return [[NAME_CLAIM, name], ...roles.map((role): Claim => [ROLE_CLAIM, role])];
}

/** The value of X-MS-CLIENT-PRINCIPAL: https://learn.microsoft.com/azure/app-service/configure-authentication-user-identities */
export function clientPrincipal(user: LocalPrincipal): string {
  const claims = claimsOfUser(user).map(([typ, val]) => ({ typ, val }));
  return Buffer.from(JSON.stringify({ auth_typ: PROVIDER, claims, name_typ: NAME_CLAIM, role_typ: ROLE_CLAIM })).toString('base64');
}

export const PRINCIPAL_PROVIDER = PROVIDER;

function claimsOfKey({ level, keyName }: Principal): Claim[] {
  return [
    [`${KEY_CLAIMS}/authlevel`, `${level.charAt(0).toUpperCase()}${level.slice(1)}`],
    [`${KEY_CLAIMS}/invoke`, 'true'],
    [`${KEY_CLAIMS}/keyid`, keyName],
  ];
}

function identity(authenticationType: string | null, claims: readonly Claim[], name: string | null): object {
  return {
    AuthenticationType: authenticationType,
    IsAuthenticated: authenticationType !== null,
    Actor: null,
    BootstrapContext: null,
    Claims: claims.map(([type, value]) => ({
      Issuer: ISSUER,
      OriginalIssuer: ISSUER,
      Properties: {},
      Type: type,
      Value: value,
      ValueType: STRING,
    })),
    Label: null,
    Name: name,
    NameClaimType: NAME_CLAIM,
    RoleClaimType: ROLE_CLAIM,
  };
}

// Responses of a server with one user: a token, or a list.

export const answer = (isToken) => (isToken ? `{"access_token":"token","token_type":"Bearer","expires_in":3600,"scope":"all"}` : `[{"id":"user"}]`);

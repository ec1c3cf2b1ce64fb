package io.github.keywharf.databricks;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.http.BearerToken;
import io.github.keywharf.http.ClientCredentials;
import io.github.keywharf.http.HttpResponse;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** Logs a service principal in with the least scope, and with all APIs where a workspace does not know or accept that one. */
final class DatabricksLogin implements Supplier<BearerToken> {
    private static final List<String> SCOPES = List.of("sharing", "all-apis");

    private final Supplier<ClientCredentials> credentials;
    private volatile int scope;

    /** @param credentials asked for each login, as the secret may be rotated */
    DatabricksLogin(Supplier<ClientCredentials> credentials) {
        this.credentials = credentials;
    }

    @Override
    public BearerToken get() {
        ClientCredentials current = credentials.get();
        for (int at = scope; ; at++) {
            try {
                BearerToken token = current.withScope(SCOPES.get(at)).get();
                scope = at;
                return token;
            } catch (KeywharfException e) {
                if (!e.is(ClientCredentials.SCOPE_REFUSED) || at + 1 == SCOPES.size()) {
                    scope = 0;
                    throw e;
                }
            }
        }
    }

    /** Whether another token may help; a wider one where the answer says that its scope does not suffice. */
    boolean isRefusal(HttpResponse response) {
        if (response.status() == 403
                && DatabricksCalls.message(response).toLowerCase(Locale.ROOT).contains("scope")) {
            scope = SCOPES.size() - 1;
            return true;
        }
        return response.status() == 401;
    }
}

package io.github.keywharf.salesforce;

import io.github.keywharf.http.BearerToken;
import io.github.keywharf.secret.Secret;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Logs in with what is known from the beginning: a client's secret, or also a user's. */
record FormAuth(
        String grant,
        String clientId,
        Optional<Secret> clientSecret,
        Optional<String> username,
        Optional<Secret> password)
        implements SalesforceAuth {
    FormAuth {
        TokenEndpoint.requireText("client id", clientId);
        username.ifPresent(user -> TokenEndpoint.requireText("user name", user));
    }

    @Override
    public BearerToken login(Login login) {
        Map<String, String> form = new LinkedHashMap<>();
        form.put("client_id", clientId);
        clientSecret.ifPresent(secret -> form.put("client_secret", secret.reveal()));
        username.ifPresent(user -> form.put("username", user));
        password.ifPresent(secret -> form.put("password", secret.reveal()));
        return new TokenEndpoint(login).token(grant, form, true).bearer();
    }

    @Override
    public String toString() {
        return "SalesforceAuth[" + grant + username.map(user -> ", " + user).orElse("") + "]";
    }
}

package io.github.keywharf.salesforce;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.http.BearerToken;
import io.github.keywharf.secret.Secret;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Logs in with a refresh token, which the org may replace each time. Thread-safe. */
final class RefreshTokenAuth implements SalesforceAuth {
    private final String clientId;
    private final @Nullable Secret clientSecret;
    private final Consumer<Secret> store;
    private Secret refreshToken;
    private boolean stored = true;

    RefreshTokenAuth(String clientId, @Nullable Secret clientSecret, Secret refreshToken, Consumer<Secret> store) {
        this.clientId = TokenEndpoint.requireText("client id", clientId);
        this.clientSecret = clientSecret;
        this.refreshToken = refreshToken;
        this.store = store;
    }

    @Override
    public synchronized BearerToken login(Login login) {
        String subject = TokenEndpoint.subject(login);
        store(subject);
        Map<String, String> form = new LinkedHashMap<>();
        form.put("client_id", clientId);
        if (clientSecret != null) {
            form.put("client_secret", clientSecret.reveal());
        }
        form.put("refresh_token", refreshToken.reveal());
        // Not repeatable: an answer that was lost may have ended this refresh token.
        TokenEndpoint.Answer answer = new TokenEndpoint(login).token("refresh_token", form, false);
        answer.refreshToken()
                .filter(next -> !refreshToken.matches(next.reveal()))
                .ifPresent(next -> {
                    refreshToken = next;
                    stored = false;
                });
        store(subject);
        return answer.bearer();
    }

    private void store(String subject) {
        if (stored) {
            return;
        }
        try {
            store.accept(refreshToken.copy());
        } catch (RuntimeException e) {
            throw new KeywharfException(
                    "salesforce.token_not_stored",
                    subject,
                    "The org replaced the refresh token, and the new one cannot be stored; the old one has ended. Repair"
                            + " what stores it: the next call tries again, while this process runs",
                    e);
        }
        stored = true;
    }

    @Override
    public String toString() {
        return "SalesforceAuth[refresh token]";
    }
}

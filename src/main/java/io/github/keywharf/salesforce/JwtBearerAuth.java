package io.github.keywharf.salesforce;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.github.keywharf.CheckReturnValue;
import io.github.keywharf.http.BearerToken;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The OAuth JWT bearer flow (RFC 7523), signed by RS256. Immutable; prints without its key. */
public final class JwtBearerAuth implements SalesforceAuth {
    /** How long an assertion is valid, 3 minutes: what the vendor accepts, and clocks may differ. */
    static final Duration VALID = Duration.ofMinutes(3);

    private static final String GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer";

    private final String clientId;
    private final String username;
    private final PrivateKey key;
    private final Optional<String> audience;

    private JwtBearerAuth(String clientId, String username, PrivateKey key, Optional<String> audience) {
        this.clientId = clientId;
        this.username = username;
        this.key = key;
        this.audience = audience;
    }

    static JwtBearerAuth of(String clientId, String username, PrivateKey key) {
        if (!key.getAlgorithm().equals("RSA")) {
            throw new IllegalArgumentException("The key is of " + key.getAlgorithm()
                    + "; the JWT bearer flow signs by RS256, which needs an RSA key");
        }
        return new JwtBearerAuth(
                TokenEndpoint.requireText("client id", clientId),
                TokenEndpoint.requireText("user name", username),
                key,
                Optional.empty());
    }

    /**
     * A copy with another audience than the configured host: {@code https://login.salesforce.com}, or
     * {@code https://test.salesforce.com} for sandboxes, which some Connected Apps want.
     */
    @CheckReturnValue
    public JwtBearerAuth withAudience(String other) {
        return new JwtBearerAuth(clientId, username, key, Optional.of(TokenEndpoint.requireText("audience", other)));
    }

    @Override
    public BearerToken login(Login login) {
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("iss", clientId);
        claims.put("sub", username);
        claims.put("aud", audience.orElseGet(() -> login.instance().toString()));
        claims.put("exp", login.clock().instant().plus(VALID).getEpochSecond());
        return new TokenEndpoint(login)
                .token(GRANT, Map.of("assertion", signed(claims)), true)
                .bearer();
    }

    private String signed(Map<String, Object> claims) {
        try {
            String content = base64("{\"alg\":\"RS256\"}".getBytes(StandardCharsets.UTF_8))
                    + "."
                    + base64(SalesforceCalls.JSON.writeValueAsBytes(claims));
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(key);
            signature.update(content.getBytes(StandardCharsets.US_ASCII));
            return content + "." + base64(signature.sign());
        } catch (GeneralSecurityException | JsonProcessingException e) {
            throw new IllegalStateException("The key cannot sign by RS256: " + e.getMessage(), e);
        }
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    @Override
    public String toString() {
        return "SalesforceAuth[JWT of " + username
                + audience.map(other -> ", audience " + other).orElse("") + "]";
    }
}

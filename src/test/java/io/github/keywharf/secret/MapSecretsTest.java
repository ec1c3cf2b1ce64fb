package io.github.keywharf.secret;

import java.util.Map;

class MapSecretsTest extends SecretSourceContract {
    @Override
    protected SecretSource source(Map<String, String> secrets) {
        return SecretSource.of(secrets);
    }
}

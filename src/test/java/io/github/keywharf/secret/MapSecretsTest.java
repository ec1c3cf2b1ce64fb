package io.github.keywharf.secret;

import io.github.keywharf.testing.contract.SecretSourceContract;
import java.util.Map;

class MapSecretsTest extends SecretSourceContract {
    @Override
    protected SecretSource source(Map<String, String> secrets) {
        return SecretSource.of(secrets);
    }
}

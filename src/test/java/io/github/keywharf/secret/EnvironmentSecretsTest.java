package io.github.keywharf.secret;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.testing.contract.SecretSourceContract;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnvironmentSecretsTest extends SecretSourceContract {
    @Override
    protected SecretSource source(Map<String, String> secrets) {
        return SecretSource.environment(secrets);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TOTESYS_DB", "totesys-db", "totesys/db", "totesys.db", "totesysDb", "Totesys DB"})
    void a_name_is_found_in_upper_snake_case(String name) {
        SecretSource source = SecretSource.environment(Map.of("TOTESYS_DB", "x"));
        assertThat(source.secret(name).reveal()).isEqualTo("x");
    }

    @Test
    void the_name_as_it_is_comes_first() {
        SecretSource source = SecretSource.environment(Map.of("db", "exact", "DB", "upper"));
        assertThat(source.secret("db").reveal()).isEqualTo("exact");
    }

    @Test
    void the_environment_of_the_process_is_read() {
        assertThat(SecretSource.environment().find("PATH")).isPresent();
    }
}

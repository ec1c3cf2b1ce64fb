package io.github.keywharf.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.testing.contract.SecretSourceContract;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonFileSecretsTest extends SecretSourceContract {
    @TempDir
    Path directory;

    @Override
    protected SecretSource source(Map<String, String> secrets) throws IOException {
        return file(JsonMapper.builder().build().writeValueAsString(secrets));
    }

    private SecretSource file(String content) throws IOException {
        return SecretSource.jsonFile(Files.writeString(directory.resolve("secrets.json"), content));
    }

    @Test
    void members_are_text_numbers_or_documents() throws IOException {
        SecretSource source = file("{\"db\": {\"user\": \"u\", \"port\": 5432}, \"pin\": 1234, \"none\": null}");
        assertThat(source.secret("db").reveal()).isEqualTo("{\"user\":\"u\",\"port\":5432}");
        assertThat(source.secret("pin").reveal()).isEqualTo("1234");
        assertThat(source.find("none")).isEmpty();
    }

    @Test
    void a_changed_file_is_seen() throws IOException {
        SecretSource source = file("{\"a\":\"old\"}");
        file("{\"a\":\"new\"}");
        assertThat(source.secret("a").reveal()).isEqualTo("new");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hunter2",
                "\"hunter2\"",
                "[\"hunter2\"]",
                "",
                "{\"a\": hunter2}",
                "{\"a\": \"hunter2\"",
                "{\"a\": \"hunter2\"} hunter2",
                "{\"a\": \"hunter2\", \"a\": \"hunter3\"}",
                "{\"a\": \"hunter2\\x\"}"
            })
    void a_file_that_is_not_a_json_object_is_refused_without_quoting_it(String content) throws IOException {
        SecretSource source = file(content);
        assertThatThrownBy(() -> source.find("a")).isInstanceOfSatisfying(KeywharfException.class, e -> {
            assertThat(e.code()).isEqualTo("secret.unreadable");
            StringWriter trace = new StringWriter();
            e.printStackTrace(new PrintWriter(trace));
            assertThat(trace.toString()).contains("secrets.json").doesNotContain("hunter");
        });
    }

    @Test
    void a_missing_file_is_an_error_not_an_absent_secret() {
        assertThatThrownBy(() ->
                        SecretSource.jsonFile(directory.resolve("none.json")).find("a"))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("secret.unavailable"));
    }
}

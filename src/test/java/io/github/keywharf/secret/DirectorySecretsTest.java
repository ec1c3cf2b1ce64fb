package io.github.keywharf.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.testing.contract.SecretSourceContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectorySecretsTest extends SecretSourceContract {
    @TempDir
    Path directory;

    private Path root() throws IOException {
        return Files.createDirectories(directory.resolve("secrets"));
    }

    @Override
    protected SecretSource source(Map<String, String> secrets) throws IOException {
        for (Map.Entry<String, String> secret : secrets.entrySet()) {
            Files.writeString(root().resolve(secret.getKey()), secret.getValue());
        }
        return SecretSource.directory(root());
    }

    @Test
    void one_line_break_at_the_end_is_not_part_of_the_secret() throws IOException {
        SecretSource source = source(Map.of("a", "x\n", "b", "x\r\n", "c", "x\n\n", "d", "x ", "e", "\n"));
        assertThat(source.secret("a").reveal()).isEqualTo("x");
        assertThat(source.secret("b").reveal()).isEqualTo("x");
        assertThat(source.secret("c").reveal()).isEqualTo("x\n");
        assertThat(source.secret("d").reveal()).isEqualTo("x ");
        assertThat(source.secret("e").reveal()).isEmpty();
    }

    @Test
    void a_directory_as_kubernetes_mounts_it_is_read_and_a_rotation_is_seen() throws IOException {
        Path first = Files.createDirectories(root().resolve("..2026_01"));
        Path second = Files.createDirectories(root().resolve("..2026_02"));
        Files.writeString(first.resolve("db"), "old");
        Files.writeString(second.resolve("db"), "new");
        Path data = Files.createSymbolicLink(root().resolve("..data"), first.getFileName());
        Files.createSymbolicLink(root().resolve("db"), Path.of("..data/db"));
        SecretSource source = SecretSource.directory(root());
        assertThat(source.secret("db").reveal()).isEqualTo("old");
        Files.delete(data);
        Files.createSymbolicLink(data, second.getFileName());
        assertThat(source.secret("db").reveal()).isEqualTo("new");
    }

    @Test
    void names_and_links_that_lead_out_are_refused() throws IOException {
        Path outside = Files.writeString(directory.resolve("outside"), "private");
        SecretSource source = source(Map.of("a", "x"));
        Files.createSymbolicLink(root().resolve("link"), outside);
        assertCode("secret.confined", () -> source.find("../outside"));
        assertCode("secret.confined", () -> source.find(outside.toString()));
        assertCode("secret.confined", () -> source.find("link"));
        assertThat(source.find("a/b")).isEmpty();
        assertThat(source.find("nul\u0000")).isEmpty();
    }

    @Test
    void what_is_too_large_or_no_text_is_refused_without_quoting_it() throws IOException {
        SecretSource source = source(Map.of("fits", "x".repeat(64 * 1024), "large", "y".repeat(64 * 1024 + 1)));
        Files.write(root().resolve("binary"), new byte[] {(byte) 0xff, 'q', 'q', 'q'});
        assertThat(source.secret("fits").reveal()).hasSize(64 * 1024);
        assertCode("secret.too_large", () -> source.find("large"));
        assertCode("secret.unreadable", () -> source.find("binary"));
        assertThatThrownBy(() -> source.find("large")).hasMessageNotContaining("yyy");
        assertThatThrownBy(() -> source.find("binary")).hasMessageNotContaining("qqq");
    }

    @Test
    void a_missing_directory_is_an_error_not_an_absent_secret() {
        assertCode(
                "secret.unavailable",
                () -> SecretSource.directory(directory.resolve("none")).find("a"));
    }

    private static void assertCode(String code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}

package io.github.keywharf.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.testing.contract.SecretStoreContract;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectorySecretStoreTest extends SecretStoreContract {

    @TempDir
    Path directory;

    @Override
    protected SecretStore store() throws Exception {
        return SecretStore.directory(
                Files.createTempDirectory(directory, "secrets").resolve("made/on/first/put"));
    }

    @Test
    void only_the_owner_may_read_and_nothing_else_is_left() throws Exception {
        assumeTrue(
                directory.getFileSystem().supportedFileAttributeViews().contains("posix"),
                "this file system has no POSIX permissions");
        Path secrets = directory.resolve("secrets");
        SecretStore store = SecretStore.directory(secrets);
        store.put("a", Secret.of("one"));
        Files.setPosixFilePermissions(secrets.resolve("a"), PosixFilePermissions.fromString("rw-r--r--"));
        store.put("a", Secret.of("two"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(secrets.resolve("a"))))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(secrets)))
                .isEqualTo("rwx------");
        try (Stream<Path> files = Files.list(secrets)) {
            assertThat(files).containsExactly(secrets.resolve("a"));
        }
    }

    @Test
    void what_a_killed_process_left_is_removed_in_time_and_never_listed() throws Exception {
        SecretStore store = SecretStore.directory(directory);
        Path old = Files.writeString(directory.resolve(".keywharf-old.tmp"), "half a sec");
        Path young = Files.writeString(directory.resolve(".keywharf-young.tmp"), "half a sec");
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minusSeconds(7_200)));
        assertThat(store.names()).isEmpty();
        store.put("a", Secret.of("one"));
        assertThat(old).doesNotExist();
        assertThat(young).exists();
        assertThat(store.names()).containsExactly("a");
    }

    @Test
    void a_source_of_the_same_directory_reads_the_same() throws Exception {
        SecretStore store = SecretStore.directory(directory);
        store.put("a", Secret.of("two\nlines\n"));
        assertThat(SecretSource.directory(directory).secret("a").reveal()).isEqualTo("two\nlines\n");
    }

    @Test
    void a_link_that_leads_out_is_neither_read_nor_written_through() throws Exception {
        Path secrets = Files.createDirectory(directory.resolve("secrets"));
        Path outside = Files.writeString(directory.resolve("outside"), "not yours");
        Files.createSymbolicLink(secrets.resolve("a"), outside);
        SecretStore store = SecretStore.directory(secrets);
        assertThatThrownBy(() -> store.find("a"))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("secret.confined"));
        assertThat(store.names()).isEmpty();
        store.put("a", Secret.of("mine"));
        assertThat(Files.readString(outside)).isEqualTo("not yours");
        assertThat(store.secret("a").reveal()).isEqualTo("mine");
    }

    @Test
    void a_place_that_is_a_file_is_an_error_that_names_it() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "x");
        assertThatThrownBy(() -> SecretStore.directory(file).put("a", Secret.of("hidden-value")))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("secret.unavailable"))
                .hasMessageContaining(file.toString())
                .hasMessageNotContaining("hidden-value");
    }
}

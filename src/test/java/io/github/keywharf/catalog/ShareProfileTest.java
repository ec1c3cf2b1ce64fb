package io.github.keywharf.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.secret.Secret;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShareProfileTest {
    private static final URI ENDPOINT = URI.create("https://shares.example.com/delta-sharing");
    private static final Instant EXPIRES = Instant.parse("2027-01-02T03:04:05Z");

    @TempDir
    Path directory;

    private static ShareProfile parse(String json) {
        return ShareProfile.parse(Secret.of(json));
    }

    private static ShareProfile bearer() {
        return ShareProfile.bearer(ENDPOINT, Secret.of("tok3n"), EXPIRES);
    }

    @Test
    void version_1_is_written_as_the_protocol_has_it() {
        assertThat(bearer().json().reveal())
                .isEqualTo("{\"shareCredentialsVersion\":1,\"endpoint\":\"https://shares.example.com/delta-sharing\","
                        + "\"bearerToken\":\"tok3n\",\"expirationTime\":\"2027-01-02T03:04:05Z\"}");
    }

    @Test
    void each_kind_of_credentials_comes_back() {
        ShareProfile basic = new ShareProfile(2, ENDPOINT, new ShareCredentials.Basic("user", Secret.of("pw\"ö")));
        ShareProfile oauth = new ShareProfile(
                2,
                ENDPOINT,
                new ShareCredentials.OAuthClient(
                        URI.create("https://login.example.com/token"),
                        "client",
                        Secret.of("s3cret"),
                        Optional.of("read")));
        ShareProfile typed =
                new ShareProfile(2, ENDPOINT, new ShareCredentials.Bearer(Secret.of("tok3n"), Optional.empty()));
        for (ShareProfile profile : new ShareProfile[] {bearer(), basic, oauth, typed}) {
            assertThat(ShareProfile.parse(profile.json()).sameAs(profile)).isTrue();
            assertThat(profile.toString()).contains("shares.example.com").doesNotContain("tok3n", "pw\"ö", "s3cret");
        }
        assertThat(typed.sameAs(bearer())).isFalse();
    }

    @Test
    void members_that_are_not_known_and_a_slash_at_the_end_do_no_harm() {
        ShareProfile profile =
                parse("{\"shareCredentialsVersion\":1,\"endpoint\":\"https://h/p//\",\"bearerToken\":\"t\","
                        + "\"icebergEndpoint\":\"https://h/iceberg\",\"later\":{\"a\":[1]}}");
        assertThat(profile.endpoint()).hasToString("https://h/p");
        assertThat(profile.expires()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"2027-01-02T03:04:05Z\"",
                "\"2027-01-02T03:04:05.0Z\"",
                "\"2027-01-02T04:04:05+01:00\"",
                "1798859045000",
                "\"1798859045000\""
            })
    void expiry_is_read_as_iso_8601_and_as_milliseconds(String time) {
        ShareProfile profile = parse("{\"shareCredentialsVersion\":1,\"endpoint\":\"https://h\",\"bearerToken\":\"t\","
                + "\"expirationTime\":" + time + "}");
        assertThat(profile.expires()).contains(EXPIRES);
        assertThat(profile.json().reveal()).contains("\"2027-01-02T03:04:05Z\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "hidden-value",
                "[\"hidden-value\"]",
                "{\"error_code\":\"NOT_FOUND\",\"message\":\"hidden-value\"}",
                "{\"shareCredentialsVersion\":3,\"endpoint\":\"https://h\",\"bearerToken\":\"hidden-value\"}",
                "{\"shareCredentialsVersion\":\"1\",\"endpoint\":\"https://h\",\"bearerToken\":\"hidden-value\"}",
                "{\"shareCredentialsVersion\":1,\"endpoint\":\"https://h\",\"bearerToken\":\" \"}",
                "{\"shareCredentialsVersion\":1,\"endpoint\":\"https://h\"}",
                "{\"shareCredentialsVersion\":1,\"endpoint\":\"https://h\",\"bearerToken\":1}",
                "{\"shareCredentialsVersion\":1,\"endpoint\":\"ftp://h\",\"bearerToken\":\"hidden-value\"}",
                "{\"shareCredentialsVersion\":1,\"endpoint\":\"https://u:hidden-value@h\",\"bearerToken\":\"t\"}",
                "{\"shareCredentialsVersion\":1,\"endpoint\":\"hidden value\",\"bearerToken\":\"t\"}",
                "{\"shareCredentialsVersion\":1,\"endpoint\":\"https://h\",\"bearerToken\":\"a\",\"bearerToken\":\"hidden-value\"}",
                "{\"shareCredentialsVersion\":1,\"endpoint\":\"https://h\",\"bearerToken\":\"t\"} hidden-value",
                "{\"shareCredentialsVersion\":1,\"endpoint\":\"https://h\",\"bearerToken\":\"t\",\"expirationTime\":\"hidden-value\"}",
                "{\"shareCredentialsVersion\":2,\"endpoint\":\"https://h\",\"bearerToken\":\"hidden-value\"}",
                "{\"shareCredentialsVersion\":2,\"endpoint\":\"https://h\",\"type\":\"hidden-value\"}",
                "{\"shareCredentialsVersion\":2,\"endpoint\":\"https://h\",\"type\":\"basic\",\"username\":\"hidden-value\"}",
            })
    void what_is_not_a_profile_is_an_error_that_quotes_nothing(String json) {
        assertThatThrownBy(() -> parse(json))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("catalog.bad_profile"))
                .hasMessageNotContaining("hidden")
                .hasNoCause();
    }

    @Test
    void a_mark_that_editors_put_before_text_is_passed_over() {
        ShareProfile profile =
                ShareProfile.bearer(URI.create("https://share.example.com/delta-sharing"), Secret.of("token"));
        assertThat(ShareProfile.parse(Secret.of("\uFEFF" + profile.json().reveal()))
                        .sameAs(profile))
                .isTrue();
    }

    @Test
    void a_token_that_no_header_can_carry_is_refused_when_it_is_read() {
        assertThatThrownBy(() -> ShareProfile.parse(Secret.of("{\"shareCredentialsVersion\":1,\"endpoint\":"
                        + "\"https://share.example.com\",\"bearerToken\":\"to\\nken\"}")))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("catalog.bad_profile"))
                .hasMessageContaining("bearerToken");
    }

    @Test
    void text_that_is_not_json_is_located() {
        assertThatThrownBy(() -> ShareProfile.parse(Secret.of("{\"endpoint\":\n <html>")))
                .hasMessageContaining("line 2, column 2");
        assertThatThrownBy(() -> ShareProfile.parse(Secret.of(""))).hasMessageContaining("It is empty");
    }

    @Test
    void a_file_is_for_its_owner_only_and_replaced_whole() throws Exception {
        Path file = Files.writeString(directory.resolve("acme.share"), "old");
        bearer().write(file);
        assertThat(ShareProfile.read(file).sameAs(bearer())).isTrue();
        assertThat(directory).isDirectoryNotContaining(path -> !path.equals(file));
        assumeTrue(
                directory.getFileSystem().supportedFileAttributeViews().contains("posix"),
                "this file system has no POSIX permissions");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void a_file_that_cannot_be_read_or_is_too_large_is_an_error_that_names_it() throws Exception {
        Path large = Files.writeString(directory.resolve("large"), "hidden".repeat(20_000));
        for (Path file : new Path[] {directory.resolve("none"), large, directory}) {
            assertThatThrownBy(() -> ShareProfile.read(file))
                    .isInstanceOfSatisfying(
                            KeywharfException.class, e -> assertThat(e.code()).isEqualTo("catalog.bad_profile"))
                    .hasMessageContaining(file.toString())
                    .hasMessageNotContaining("hidden");
        }
        assertThatThrownBy(() -> bearer().write(directory.resolve("no/such/folder")))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("catalog.profile_not_written"))
                .hasMessageNotContaining("tok3n");
    }
}

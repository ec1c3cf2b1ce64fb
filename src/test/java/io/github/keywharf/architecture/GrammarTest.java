package io.github.keywharf.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.event.EventListener;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.secret.Secret;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keeps all entry points in one grammar, and shows on a small wrong library that each rule can fail. */
class GrammarTest {
    private static final List<Class<?>> library = Grammar.publicTypes();
    private static final List<Class<?>> wrong =
            List.of(WrongManager.class, WrongManager.Builder.class, WrongQuery.class);

    @Test
    void the_library_is_seen() {
        assertThat(library).hasSizeGreaterThan(300);
    }

    @Test
    void a_setting_has_one_name_everywhere() {
        assertThat(Grammar.settingsHaveOneName(library)).isEmpty();
    }

    @Test
    void a_setting_of_another_name_is_refused() {
        assertThat(Grammar.settingsHaveOneName(wrong))
                .containsExactlyInAnyOrder(
                        "GrammarTest.WrongManager.Builder.listener should be called events",
                        "GrammarTest.WrongManager.Builder.time should be called clock",
                        "GrammarTest.WrongManager.Builder.client should be called http",
                        "GrammarTest.WrongManager.Builder.password should be called credentials",
                        "GrammarTest.WrongManager.Builder.deadline should be called timeout",
                        "GrammarTest.WrongManager.Builder.outageWait should be called patience",
                        "GrammarTest.WrongManager.Builder.threads should be called parallelism");
    }

    @Test
    void a_missing_setting_is_named_with_its_call() throws Exception {
        assertThat(Grammar.missingSettingsAreNamed(library)).isEmpty();
    }

    @Test
    void a_missing_setting_that_is_not_named_is_refused() throws Exception {
        assertThat(Grammar.missingSettingsAreNamed(wrong))
                .singleElement()
                .asString()
                .contains("GrammarTest.WrongManager.Builder.build() ended with java.lang.NullPointerException");
    }

    @Test
    void no_manager_keeps_its_builder() {
        assertThat(Grammar.noBuilderIsKept(Grammar.types())).isEmpty();
    }

    @Test
    void a_manager_that_keeps_its_builder_is_refused() {
        assertThat(Grammar.noBuilderIsKept(wrong))
                .containsExactly("GrammarTest.WrongManager.settings keeps a GrammarTest.WrongManager.Builder");
    }

    @Test
    void each_query_has_rows_a_table_and_records() {
        assertThat(Grammar.queriesHaveOneShape(library)).isEmpty();
    }

    @Test
    void a_query_of_another_shape_is_refused() {
        assertThat(Grammar.queriesHaveOneShape(wrong))
                .containsExactly(
                        "GrammarTest.WrongQuery.rows does not return Rows",
                        "GrammarTest.WrongQuery has no table()",
                        "GrammarTest.WrongQuery has no records()");
    }

    @Test
    void an_optional_is_returned_and_never_taken() {
        assertThat(Grammar.optionalIsReturnedOnly(library)).isEmpty();
    }

    @Test
    void an_optional_that_is_taken_is_refused() {
        assertThat(Grammar.optionalIsReturnedOnly(wrong))
                .containsExactly("GrammarTest.WrongManager.find takes an Optional");
    }

    @Test
    void each_view_has_a_test_that_closing_it_closes_nothing_shared() {
        assertThat(Grammar.views(library))
                .isEqualTo(Stream.of(
                                // KeyEndsTest.sweeps_end_with_the_manager_of_their_ring
                                "CassandraManager.withKeyspace",
                                // A session of its own, and the same session under another's name.
                                "CassandraManager.loginAs",
                                "CassandraManager.workingFor",
                                // Values: the body is closed once, by whoever has the last of them.
                                "HttpResponse.withBody",
                                "HttpResponse.withHeader",
                                "HttpResponse.withHeaders",
                                // A copy with bytes of its own.
                                "Secret.copy",
                                // Changes the lease and returns it.
                                "StoreLease.renewInBackground")
                        .sorted()
                        .toList());
    }

    @Test
    void a_view_without_a_test_is_found() {
        assertThat(Grammar.views(wrong)).containsExactly("GrammarTest.WrongManager.forTenant");
    }

    @Test
    void a_default_is_written_once() throws Exception {
        assertThat(Grammar.defaultsWrittenTwice(Path.of("src/main/java"))).isEmpty();
    }

    @Test
    void a_default_that_is_written_twice_is_refused(@TempDir Path sources) throws Exception {
        Files.writeString(sources.resolve("A.java"), "public static final int DEFAULT_PORT = 9042;");
        Files.writeString(sources.resolve("B.java"), "public static final int DEFAULT_PORT = 9042;");
        Files.writeString(sources.resolve("C.java"), "public static final int DEFAULT_PORT = A.DEFAULT_PORT;");

        assertThat(Grammar.defaultsWrittenTwice(sources)).containsExactly("DEFAULT_PORT of A.java and B.java is 9042");
    }

    /** A manager that breaks the rules. */
    public static final class WrongManager implements AutoCloseable {
        private final Builder settings;

        private WrongManager(Builder settings) {
            this.settings = settings;
        }

        /** A builder. */
        public static Builder builder() {
            return new Builder();
        }

        /** A view. */
        public WrongManager forTenant(String tenant) {
            return new WrongManager(settings);
        }

        /** A method that takes what it should return. */
        public boolean find(Optional<String> name) {
            return name.isPresent();
        }

        @Override
        public void close() {}

        /** Settings of other names. */
        public static final class Builder {
            private @Nullable String url;

            private Builder() {}

            /** Should be events. */
            public Builder listener(EventListener listener) {
                return this;
            }

            /** Should be clock. */
            public Builder time(InstantSource source) {
                return this;
            }

            /** Should be http. */
            public Builder client(HttpHandler client) {
                return this;
            }

            /** Should be credentials. */
            public Builder password(Secret secret) {
                return this;
            }

            /** Should be timeout. */
            public Builder deadline(Duration longest) {
                return this;
            }

            /** Should be patience. */
            public Builder outageWait(Duration longest) {
                return this;
            }

            /** Should be parallelism. */
            public Builder threads(int most) {
                return this;
            }

            /** Ends with a NullPointerException. */
            public WrongManager build() {
                Objects.requireNonNull(url, "url");
                return new WrongManager(this);
            }
        }
    }

    /** A query of another shape. */
    public static final class WrongQuery {
        /** Rows that are none. */
        public List<String> rows() {
            return List.of();
        }
    }
}

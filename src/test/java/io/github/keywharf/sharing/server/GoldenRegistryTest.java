package io.github.keywharf.sharing.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.catalog.Recipient;
import io.github.keywharf.catalog.Share;
import io.github.keywharf.catalog.SharedTable;
import io.github.keywharf.catalog.TenantFilter;
import io.github.keywharf.sharing.server.RegistryState.Member;
import io.github.keywharf.sharing.server.RegistryState.Token;
import io.github.keywharf.testing.GoldenCopies;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Registries of version 0.1.0 are read, and written no differently. */
class GoldenRegistryTest {
    private static final Instant AT = Instant.parse("2026-03-01T10:20:30.405060Z");
    private static final RegistryState FULL = state(
            List.of(
                    Share.of("Empty"),
                    Share.of(
                            "usage",
                            new SharedTable(
                                    "tables/a b ü", new SharedTable.Name("default", "whole"), false, Optional.empty()),
                            new SharedTable(
                                    "tables/b",
                                    new SharedTable.Name("default", "of_value"),
                                    true,
                                    Optional.of(TenantFilter.value("tenant", "é\"\\"))),
                            new SharedTable(
                                    "tables/c",
                                    new SharedTable.Name("other", "of_property"),
                                    true,
                                    Optional.of(TenantFilter.recipientProperty("tenant", "uid"))))),
            List.of(
                    new Member(
                            new Recipient("bare", Map.of(), Optional.empty(), List.of()), "id-1", List.of(), Set.of()),
                    new Member(
                            new Recipient(
                                    "Acme",
                                    Map.of("uid", "42", "naïve", "\u20ac \"x\""),
                                    Optional.of(Duration.ofHours(36)),
                                    List.of("10.0.0.0/8", "2001:db8::/32")),
                            "id-2",
                            List.of(
                                    new Token("t1", AT, Optional.of(AT.plusSeconds(5)), Optional.empty()),
                                    new Token("t2", AT, Optional.empty(), Optional.of("0".repeat(64)))),
                            Set.of("usage", "empty"))));

    private static RegistryState state(List<Share> shares, List<Member> members) {
        return new RegistryState(
                new TreeMap<>(shares.stream()
                        .collect(Collectors.toMap(share -> RegistryState.key(share.name()), share -> share))),
                new TreeMap<>(members.stream()
                        .collect(Collectors.toMap(
                                member -> RegistryState.key(member.recipient().name()), member -> member))));
    }

    @Test
    void registries_are_read_and_written_as_before() {
        check("registry/full.json", FULL);
        check("registry/empty.json", RegistryState.EMPTY);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"column\":\"tenant\"}",
                "{\"column\":\"tenant\",\"value\":\"a\",\"recipientProperty\":\"b\"}",
                "{\"column\":\"tenant\",\"value\":\"\"}",
                "{\"column\":\"tenant\",\"value\":\"a\",\"like\":\"b\"}",
                "{\"value\":\"a\"}",
                "null"
            })
    void a_filter_that_does_not_name_one_value_is_refused(String filter) {
        String json = "{\"version\":1,\"shares\":[{\"name\":\"s\",\"tables\":[{\"source\":\"t\",\"schema\":\"a\","
                + "\"table\":\"b\",\"history\":false,\"filter\":" + filter + "}]}],\"recipients\":[]}";

        assertThatThrownBy(() -> RegistryJson.FORMAT.read("registry", json.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(KeywharfException.class)
                .hasMessageContaining("shares[0].tables[0].filter");
    }

    private static void check(String name, RegistryState state) {
        GoldenCopies.assertWritten(name, RegistryJson.FORMAT.write(RegistryJson.of(state)));
        RegistryState read =
                RegistryJson.FORMAT.read("registry", GoldenCopies.read(name)).state();
        assertThat(read.shares()).isEqualTo(state.shares());
        assertThat(read.members()).isEqualTo(state.members());
    }
}

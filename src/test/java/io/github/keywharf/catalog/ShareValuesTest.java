package io.github.keywharf.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShareValuesTest {

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "a/b", "a\\b", "a.b", "..", "a\n", "a\u200f", "a\u00a0b"})
    void what_the_protocol_refuses_is_not_a_name(String name) {
        assertThatThrownBy(() -> Share.of(name)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Recipient.of(name)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SharedTable.of("c.s.t", name + ".t")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SharedTable.of("c.s.t", "s." + name)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void names_have_up_to_255_characters() {
        assertThat(Share.of("x".repeat(255)).name()).hasSize(255);
        assertThatThrownBy(() -> Share.of("x".repeat(256))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void tables_of_a_share_are_in_order_and_have_different_names_without_case() {
        SharedTable b = SharedTable.of("c.s.t1", "usage.B");
        SharedTable a = SharedTable.of("c.s.t2", "usage.a").withHistory(true);
        assertThat(Share.of("acme", b, a)).isEqualTo(Share.of("acme", a, b));
        assertThat(Share.of("acme", b, a)).hasToString("acme [c.s.t2 as usage.a with history, c.s.t1 as usage.B]");
        assertThatThrownBy(() -> Share.of("acme", a, SharedTable.of("c.s.t3", "Usage.A")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("acme");
    }

    @Test
    void a_filter_has_a_value_or_a_property() {
        assertThat(TenantFilter.value("uid", "it's")).hasToString("uid = 'it's'");
        assertThat(TenantFilter.recipientProperty("uid", "tenant")).hasToString("uid = recipient.tenant");
        assertThat(TenantFilter.recipientProperty("uid", "tenant").valueFor(Map.of("tenant", "acme")))
                .contains("acme");
        assertThat(TenantFilter.recipientProperty("uid", "tenant").valueFor(Map.of()))
                .isEmpty();
        assertThatThrownBy(() -> TenantFilter.value("uid", "")).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "example.com", "192.0.2.0/", "1.2.3.4,5.6.7.8", "10.0.0.0/1000"})
    void an_address_is_not_a_name_of_a_host(String address) {
        Recipient recipient = Recipient.of("acme");
        assertThatThrownBy(() -> recipient.withAddresses(List.of(address)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_recipient_reads_well() {
        assertThat(Recipient.of("acme")
                        .withProperties(Map.of("tenant", "acme"))
                        .validFor(Duration.ofDays(90))
                        .withAddresses(List.of("192.0.2.0/24")))
                .hasToString("acme {tenant=acme}, tokens for PT2160H, from [192.0.2.0/24]");
        assertThatThrownBy(() -> Recipient.of("acme").validFor(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
    }
}

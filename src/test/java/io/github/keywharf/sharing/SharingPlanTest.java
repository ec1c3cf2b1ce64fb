package io.github.keywharf.sharing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.catalog.Share;
import io.github.keywharf.catalog.SharedTable;
import io.github.keywharf.catalog.TenantFilter;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.secret.SecretStore;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SharingPlanTest {
    private static final TenantNames NAMES = new TenantNames("");

    @Test
    void a_tenant_gets_its_own_partitions_and_the_common_tables() {
        SharingPlan plan =
                SharingPlan.of("c.s.usage", "usage.platform", "uid").withCommonTable("c.s.prices", "usage.prices");
        SharedTable prices = SharedTable.of("c.s.prices", "usage.prices").withHistory(true);
        SharedTable usage = SharedTable.of("c.s.usage", "usage.platform").withHistory(true);
        assertThat(plan.share("it's", NAMES).tables())
                .containsExactly(usage.withFilter(TenantFilter.value("uid", "it's")), prices);
        assertThat(plan.inOneShare("all").share("it's", NAMES))
                .isEqualTo(Share.of("all", usage.withFilter(TenantFilter.recipientProperty("uid", "tenant")), prices));
        assertThat(plan.inSharePerTenant("_usage").share("acme", NAMES).name()).isEqualTo("acme_usage");
    }

    @Test
    void both_shapes_of_the_secret_with_table_names_are_read() {
        for (String name : List.of("platform_aggregated_usage", "partitioned_platform_usage")) {
            SharingPlan plan =
                    SharingPlan.ofTableNames(Secret.of("{\"" + name + "\": \"main.gold.platform_usage\"}"), "uid");
            assertThat(plan.layout()).isEqualTo(SharingLayout.SHARE_PER_TENANT);
            assertThat(plan.share("acme", NAMES))
                    .isEqualTo(Share.of(
                            "acme_partitioned_platform_usage",
                            SharedTable.of("main.gold.platform_usage", "gold.platform_usage")
                                    .withHistory(true)
                                    .withFilter(TenantFilter.value("uid", "acme"))));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hidden-value",
                "[]",
                "{}",
                "{\"a\": 1}",
                "{\"a\": \"hidden-value\"}",
                "{\"a\": \"main..\"}",
                "{\"a\": \"c.s.t\", \"b\": \"d.s.T\"}"
            })
    void other_secrets_are_an_error(String json) {
        assertThatThrownBy(() -> SharingPlan.ofTableNames(Secret.of(json), "uid"))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("sharing.bad_plan"))
                .hasMessageNotContaining("hidden-value");
    }

    @Test
    void a_plan_that_cannot_be_shared_is_refused_when_it_is_made() {
        SharingPlan plan = SharingPlan.of("c.s.t", "usage.platform", "uid");
        assertThatThrownBy(() -> plan.withCommonTable("c.s.u", "Usage.Platform"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> plan.inSharePerTenant("/usage")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> plan.inOneShare("a b")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SharingPlan.of("c.s.t", "platform", "uid"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Property(tries = 300)
    void no_two_tenants_share_a_name(
            @ForAll @Size(min = 2, max = 20) List<@StringLength(min = 1, max = 70) String> texts) {
        Map<String, String> tenants = new HashMap<>();
        for (String text : texts) {
            for (String tenant : List.of(text, text.toLowerCase(Locale.ROOT), text.replace(' ', '-'), "a-" + text)) {
                String name = NAMES.name(tenant);
                assertThat(SecretStore.checkName(new TenantNames("x".repeat(20)).secret(tenant)))
                        .endsWith(name);
                assertThat(Share.of(name + SharingPlan.DEFAULT_SUFFIX).name()).startsWith(name);
                assertThat(name).isLowerCase();
                String other = tenants.put(name, tenant);
                assertThat(other == null || other.equals(tenant)).isTrue();
            }
        }
    }
}

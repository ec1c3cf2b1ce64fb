package io.github.keywharf.sharing;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.catalog.MemoryShareCatalog;
import io.github.keywharf.catalog.Recipient;
import io.github.keywharf.catalog.RecipientState;
import io.github.keywharf.catalog.Share;
import io.github.keywharf.catalog.ShareCatalog;
import io.github.keywharf.catalog.ShareProfile;
import io.github.keywharf.event.Event;
import io.github.keywharf.secret.SecretStore;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.testing.ManualClock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/** A catalog, secrets and a store, and managers that work on them. */
public final class SharingWorld {
    public static final Duration VALIDITY = Duration.ofDays(90);
    public static final SharingPlan PLAN = SharingPlan.of("main.usage.platform", "usage.platform", "client_space_uid")
            .withCommonTable("main.usage.prices", "usage.prices");

    public final ManualClock clock = new ManualClock();
    public final MemoryShareCatalog catalog = new MemoryShareCatalog(clock);
    public final SecretStore secrets = SecretStore.inMemory();
    public final ObjectStore store = ObjectStore.inMemory();
    public final List<Event> events = new CopyOnWriteArrayList<>();
    public final SharingPlan plan;

    public SharingWorld(SharingLayout layout) {
        plan = layout == SharingLayout.ONE_SHARE ? PLAN.inOneShare("platform_usage") : PLAN;
    }

    public DeltaSharingManager.Builder builder() {
        return DeltaSharingManager.builder()
                .catalog(catalog)
                .secrets(secrets)
                .plan(plan)
                .validity(VALIDITY)
                .coordinate(store)
                .clock(clock)
                .events(events::add);
    }

    public DeltaSharingManager manager() {
        return builder().build();
    }

    /** The manager of a process that may die, at calls of the store for leases too if so wanted. */
    public DeltaSharingManager manager(Mortal process, boolean alsoAtLeases) {
        return builder()
                .catalog(process.reaching(ShareCatalog.class, catalog))
                .secrets(process.reaching(SecretStore.class, secrets))
                .coordinate(alsoAtLeases ? process.reaching(store) : store)
                .build();
    }

    /** What the plan lets a tenant read. */
    public Set<String> planned(String tenant) {
        String share = manager().status(tenant).share();
        return Set.of(share + ": usage.platform for " + tenant, share + ": usage.prices for (all)");
    }

    /** That these tenants have one recipient, share, grant, token and stored profile each, that nobody else has any, and that each profile opens its tenant's data alone. */
    public void assertExactly(String at, String... tenants) {
        DeltaSharingManager manager = manager();
        assertThat(manager.tenants()).as(at).containsExactlyInAnyOrder(tenants);
        assertThat(catalog.recipients())
                .as(at)
                .hasSize(tenants.length)
                .allSatisfy(state -> assertThat(state.tokens()).hasSize(1));
        assertThat(catalog.liveTokens()).as(at).isEqualTo(tenants.length);
        Set<String> shares = new TreeSet<>();
        Set<String> names = new TreeSet<>();
        for (String tenant : tenants) {
            TenantStatus status = manager.status(tenant);
            assertThat(status.state()).as(at + ", " + tenant).isEqualTo(TenantState.ACTIVE);
            shares.add(status.share());
            names.add(status.secret());
            assertThat(catalog.grants(status.recipient())).as(at).containsExactly(status.share());
            assertThat(catalog.readable(status.recipient())).as(at).isEqualTo(planned(tenant));
            assertThat(catalog.opensFor(manager.profile(tenant))).as(at).contains(status.recipient());
        }
        assertThat(secrets.names()).as(at).containsExactlyInAnyOrderElementsOf(names);
        Set<String> found = catalog.shares().stream().map(Share::name).collect(Collectors.toCollection(TreeSet::new));
        if (plan.layout() == SharingLayout.ONE_SHARE) {
            found.remove("platform_usage");
            shares.remove("platform_usage");
        }
        assertThat(found).as(at).isEqualTo(shares);
    }

    public Recipient recipient(String name) {
        return catalog.findRecipient(name).map(RecipientState::recipient).orElseThrow();
    }

    public boolean opens(ShareProfile profile) {
        return catalog.opensFor(profile).isPresent();
    }
}

package io.github.keywharf.sharing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.catalog.ShareProfile;
import io.github.keywharf.event.Event;
import io.github.keywharf.sharing.Mortal.Dead;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Managers whose process dies at any call of the catalog, the secrets or the store, and what the next one makes of it. */
class SharingCrashTest {
    private static final String OTHER = "other";
    private static final String TENANT = "Tenant_1";
    private static final Duration GRACE = Duration.ofHours(2);

    /** What is done when the process dies. */
    private enum Work {
        PROVISION,
        PROVISION_NEW,
        PROVISION_AGAIN,
        ROTATE,
        ROTATE_WITH_GRACE,
        REVOKE,
        RECONCILE;

        boolean beginsWithTheTenant() {
            return this != PROVISION && this != PROVISION_NEW;
        }

        void on(DeltaSharingManager manager, SharingWorld world) {
            switch (this) {
                case PROVISION, PROVISION_AGAIN -> manager.provision(TENANT);
                case PROVISION_NEW -> manager.provisionNew(TENANT);
                case ROTATE -> manager.rotate(TENANT, Duration.ZERO);
                case ROTATE_WITH_GRACE -> manager.rotate(TENANT, GRACE);
                case REVOKE -> manager.revoke(TENANT);
                case RECONCILE -> {
                    world.secrets.remove(world.manager().status(TENANT).secret());
                    assertThat(manager.reconcile().failed()).isEmpty();
                }
            }
        }
    }

    /** What the next process does. */
    private enum Next {
        THE_SAME,
        PROVISION,
        ROTATE,
        REVOKE,
        RECONCILE
    }

    @TestFactory
    Stream<DynamicTest> the_next_process_makes_exactly_one_of_each() {
        List<DynamicTest> tests = new ArrayList<>();
        for (SharingLayout layout : SharingLayout.values()) {
            for (Work work : Work.values()) {
                for (Next next : Next.values()) {
                    tests.add(DynamicTest.dynamicTest(
                            layout + ": " + work + ", then " + next, () -> diesAnywhere(layout, work, next)));
                }
            }
        }
        return tests.stream();
    }

    private static void diesAnywhere(SharingLayout layout, Work work, Next next) {
        for (int call = 0; ; call++) {
            for (boolean carriedOut : new boolean[] {false, true}) {
                SharingWorld world = new SharingWorld(layout);
                world.manager().provision(OTHER);
                if (work.beginsWithTheTenant()) {
                    world.manager().provision(TENANT);
                }
                world.clock.advance(Duration.ofMinutes(1));
                Mortal process = new Mortal();
                process.dieAt(call, carriedOut);
                boolean died = false;
                try {
                    work.on(world.manager(process, next == Next.THE_SAME), world);
                } catch (Dead e) {
                    died = true;
                }
                // What a killed process held on another machine has ended by then.
                world.clock.advance(Duration.ofMinutes(2));
                String at = "call " + call + (carriedOut ? ", carried out" : "");
                then(world, work, next, at, died);
                assertOtherIsUntouched(world, at);
                if (!died) {
                    assertThat(call).isGreaterThanOrEqualTo(4);
                    return;
                }
            }
        }
    }

    private static void assertOtherIsUntouched(SharingWorld world, String at) {
        assertThat(world.catalog.recipients().stream()
                        .filter(state -> state.recipient().name().equals(OTHER))
                        .flatMap(state -> state.tokens().stream())
                        .toList())
                .as(at)
                .singleElement()
                .satisfies(token -> assertThat(token.id()).isEqualTo("token-1"));
    }

    private static void then(SharingWorld world, Work work, Next next, String at, boolean died) {
        DeltaSharingManager manager = world.manager();
        switch (next) {
            case THE_SAME -> {
                if (work == Work.REVOKE) {
                    manager.revoke(TENANT);
                    world.assertExactly(at, OTHER);
                } else {
                    repeat(world, work, at);
                    world.assertExactly(at, OTHER, TENANT);
                }
            }
            case PROVISION -> {
                ShareProfile profile = patiently(world, () -> manager.provision(TENANT));
                assertThat(profile.sameAs(manager.profile(TENANT))).as(at).isTrue();
                assertThat(manager.provision(TENANT).sameAs(profile)).as(at).isTrue();
                world.clock.advance(GRACE);
                world.assertExactly(at, OTHER, TENANT);
            }
            case ROTATE -> {
                try {
                    patiently(world, () -> manager.rotate(TENANT, Duration.ZERO));
                    patiently(world, () -> manager.provision(TENANT));
                    world.clock.advance(GRACE);
                    world.assertExactly(at, OTHER, TENANT);
                } catch (KeywharfException e) {
                    assertThat(e.code()).as(at).isEqualTo("sharing.not_found");
                }
            }
            case REVOKE -> {
                manager.revoke(TENANT);
                world.assertExactly(at, OTHER);
            }
            case RECONCILE -> {
                ReconcileReport report = manager.reconcile();
                if (!report.failed().isEmpty()) {
                    world.clock.advance(GRACE);
                    report = manager.reconcile();
                }
                assertThat(report.failed()).as(at).isEmpty();
                assertThat(manager.reconcile().repaired()).as(at).isEmpty();
                world.clock.advance(GRACE);
                boolean there = manager.tenants().contains(TENANT);
                assertThat(there || work == Work.REVOKE || (died && !work.beginsWithTheTenant()))
                        .as(at)
                        .isTrue();
                assertThat(there && work == Work.REVOKE && !died).as(at).isFalse();
                world.assertExactly(at, there ? new String[] {OTHER, TENANT} : new String[] {OTHER});
            }
        }
    }

    /** Does the work again; a catalog that issues no third token lets it wait for the end of the grace, with the stored profile open. */
    private static void repeat(SharingWorld world, Work work, String at) {
        try {
            if (work == Work.PROVISION_NEW) {
                patiently(world, () -> world.manager().provisionNew(TENANT));
            } else {
                patiently(world, () -> {
                    work.on(world.manager(), world);
                    return world.manager().profile(TENANT);
                });
            }
        } catch (KeywharfException e) {
            assertThat(e.code()).as(at).isEqualTo("sharing.exists");
        }
        world.clock.advance(GRACE);
    }

    private static ShareProfile patiently(SharingWorld world, Supplier<ShareProfile> work) {
        try {
            return work.get();
        } catch (KeywharfException e) {
            if (!e.code().equals("catalog.conflict")) {
                throw e;
            }
            assertThat(world.opens(world.manager().profile(TENANT))).isTrue();
            world.clock.advance(GRACE);
            return work.get();
        }
    }

    @Test
    void a_token_that_was_taken_away_never_opens_again() {
        for (SharingLayout layout : SharingLayout.values()) {
            for (int call = 0; ; call++) {
                SharingWorld world = new SharingWorld(layout);
                ShareProfile old = world.manager().provision(TENANT);
                String recipient = world.manager().status(TENANT).recipient();
                Mortal process = new Mortal();
                process.dieAt(call, true);
                boolean died = false;
                try {
                    world.manager(process, false).revoke(TENANT);
                } catch (Dead e) {
                    died = true;
                }
                boolean begun = world.catalog
                        .findRecipient(recipient)
                        .map(Provisioning::isRevoking)
                        .orElse(true);
                world.manager().provision(TENANT);
                assertThat(world.opens(old)).as("call " + call).isEqualTo(!begun);
                if (!died) {
                    assertThat(begun).isTrue();
                    break;
                }
            }
        }
    }

    @Test
    void a_call_that_failed_is_reported_and_says_that_it_can_be_repeated() {
        SharingWorld world = new SharingWorld(SharingLayout.SHARE_PER_TENANT);
        DeltaSharingManager manager =
                world.builder().secrets(new FailingSecrets(world.secrets)).build();
        assertThatThrownBy(() -> manager.provision(TENANT)).isInstanceOfSatisfying(KeywharfException.class, e -> {
            assertThat(e.code()).isEqualTo("secret.unavailable");
            assertThat(e.retryable()).isTrue();
        });
        assertThat(world.events).singleElement().satisfies(failed -> {
            assertThat(failed.name()).isEqualTo("sharing.tenant.unfinished");
            assertThat(failed.level()).isEqualTo(Event.Level.WARNING);
            assertThat(failed.subject()).isEqualTo(TENANT);
            assertThat(failed.message()).startsWith("provision was not finished: ");
        });
        assertThat(world.manager().status(TENANT).state()).isEqualTo(TenantState.INCOMPLETE);
        world.manager().provision(TENANT);
        world.assertExactly("repeated", TENANT);
    }
}

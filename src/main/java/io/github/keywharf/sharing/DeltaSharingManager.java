package io.github.keywharf.sharing;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.catalog.RecipientState;
import io.github.keywharf.catalog.RecipientToken;
import io.github.keywharf.catalog.ShareCatalog;
import io.github.keywharf.catalog.ShareProfile;
import io.github.keywharf.event.Event;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.event.Fact;
import io.github.keywharf.http.Pause;
import io.github.keywharf.internal.Checks;
import io.github.keywharf.secret.SecretStore;
import io.github.keywharf.sharing.TenantLocks.Held;
import io.github.keywharf.store.ObjectStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Gives each tenant a share of its own data and the profile to read it with, and takes them away again.
 *
 * <pre>{@code
 * DeltaSharingManager sharing = DeltaSharingManager.builder()
 *         .catalog(catalog)
 *         .secrets(SecretStore.directory(Path.of("profiles")))
 *         .plan(SharingPlan.of("main.usage.platform_aggregated_usage", "usage.platform", "client_space_uid"))
 *         .build();
 * ShareProfile profile = sharing.provision("tenant-1");
 * }</pre>
 *
 * <p>A tenant has one recipient, one grant, one stored profile, and one share unless all have the same. Each call looks first at
 * what is there: one that failed anywhere, or whose process was killed, is finished by calling it again, or by {@link
 * #reconcile}. A profile that was handed out and never stored is replaced by a rotation.
 *
 * <p>A tenant's id is any text of 1 to 128 characters without control characters, and is the value in the partition column. Names
 * in the catalog and of secrets are the id itself where that has only lower-case letters, digits and single hyphens, and have a
 * hash otherwise.
 *
 * <p>Thread-safe. Callers that work on the same tenant wait for each other; see {@link Builder#coordinate} for several processes.
 * Errors are those of the catalog ({@code catalog.}) and the secrets ({@code secret.}), and {@code sharing.}:
 * {@code sharing.busy} when another has been working on the tenant for longer than the patience, {@code sharing.refused} when a
 * recipient or a secret of the tenant's name is another's.
 */
public final class DeltaSharingManager {
    static final String NOT_FOUND = "sharing.not_found";

    static final String EXISTS = "sharing.exists";

    private enum Action {
        PROVISION,
        ROTATE,
        REVOKE
    }

    private final SharingSettings settings;
    private final TenantLocks locks;
    private final Provisioning provisioning;
    private final EventListener events;

    private DeltaSharingManager(Builder builder, ShareCatalog catalog, SecretStore secrets, SharingPlan plan) {
        TenantNames names = new TenantNames(builder.secretPrefix);
        settings = new SharingSettings(
                catalog,
                new TenantSecrets(secrets, names),
                names,
                plan,
                Optional.ofNullable(builder.validity),
                builder.addresses,
                builder.clock);
        locks = new TenantLocks(builder.coordination, builder.patience, builder.clock, builder.pause);
        provisioning = new Provisioning(settings, locks);
        events = builder.events;
    }

    /** A builder; {@link Builder#catalog}, {@link Builder#secrets} and {@link Builder#plan} must be given. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Gives a tenant what it lacks: recipient, share, grant, token, stored profile. One that has all keeps its token, unless that
     * has ended.
     *
     * @return its profile, as it is stored
     */
    public ShareProfile provision(String tenant) {
        return provision(tenant, false);
    }

    /**
     * Provisions a tenant that is not there yet, or not whole.
     *
     * @throws KeywharfException with code {@code sharing.exists} when it has all, and a token that has not ended
     */
    public ShareProfile provisionNew(String tenant) {
        return provision(tenant, true);
    }

    private ShareProfile provision(String tenant, boolean onlyNew) {
        return with(tenant, Action.PROVISION, held -> {
            Instant began = settings.clock().instant();
            if (onlyNew && provisioning.status(tenant).state() == TenantState.ACTIVE) {
                throw new KeywharfException(
                        EXISTS, tenant, "The tenant is provisioned already; read its profile, or rotate it");
            }
            Provisioning.Result result = provisioning.provision(tenant, held, true);
            report(tenant, Action.PROVISION, result, began);
            return result.profile().orElseThrow();
        });
    }

    private void report(String tenant, Action action, Provisioning.Result result, Instant began) {
        if (result.outcome() == Provisioning.Outcome.ISSUED) {
            events.info(
                    "sharing.profile.issued",
                    TenantNames.work(tenant),
                    tenant,
                    (action == Action.ROTATE ? "The token was rotated" : "The tenant was provisioned")
                            + result.profile()
                                    .flatMap(ShareProfile::expires)
                                    .map(time -> "; it expires " + time)
                                    .orElse(""),
                    Fact.time("took", since(began)));
        }
    }

    private void reportRevoked(String tenant, Instant began) {
        events.info(
                "sharing.tenant.revoked",
                TenantNames.work(tenant),
                tenant,
                "The tenant was revoked",
                Fact.time("took", since(began)));
    }

    private Duration since(Instant began) {
        return Duration.between(began, settings.clock().instant());
    }

    private <T> T with(String tenant, Action action, Function<Held, T> work) {
        TenantNames.check(tenant);
        try {
            return locks.with(settings.names().name(tenant), work);
        } catch (KeywharfException e) {
            if (!e.is(EXISTS) && !e.is(NOT_FOUND)) {
                events.report(
                        e.retryable() ? Event.Level.WARNING : Event.Level.ERROR,
                        "sharing.tenant.unfinished",
                        TenantNames.work(tenant),
                        tenant,
                        action.name().toLowerCase(Locale.ROOT) + " was not finished: " + e.getMessage() + " ("
                                + e.code() + ")");
            }
            throw e;
        }
    }

    static KeywharfException notFound(String tenant) {
        return new KeywharfException(NOT_FOUND, tenant, "There is no such tenant; provision it first");
    }

    /** The profile that is stored for a tenant. It is not checked against the catalog; see {@link #status}. */
    public Optional<ShareProfile> findProfile(String tenant) {
        return settings.secrets().find(TenantNames.check(tenant)).map(TenantSecrets.Stored::profile);
    }

    /**
     * The profile that is stored for a tenant, as {@link #findProfile}.
     *
     * @throws KeywharfException with code {@code sharing.not_found} when there is none
     */
    public ShareProfile profile(String tenant) {
        return findProfile(tenant).orElseThrow(() -> notFound(tenant));
    }

    /**
     * Gives a tenant another token. A rotation that was cut short is finished instead, if the catalog still hands out its
     * profile.
     *
     * @param grace how long the present token works on, from zero, in whole seconds; give those who use it time to take the new
     *     one
     * @return the new profile, as it is stored
     * @throws KeywharfException with code {@code sharing.not_found} when there is no such tenant; with {@code catalog.conflict}
     *     when the catalog allows no other token before the grace of an earlier rotation is over, as Databricks does
     */
    public ShareProfile rotate(String tenant, Duration grace) {
        Checks.notNegative("grace", grace);
        return with(tenant, Action.ROTATE, held -> {
            Instant began = settings.clock().instant();
            Provisioning.Result result = provisioning.rotate(tenant, grace, held);
            report(tenant, Action.ROTATE, result, began);
            return result.profile().orElseThrow();
        });
    }

    /**
     * Takes all from a tenant: its data first, then its stored profile and its recipient with all tokens. Provisioning it again
     * brings no token back.
     *
     * @return whether there was anything
     */
    public boolean revoke(String tenant) {
        return with(tenant, Action.REVOKE, held -> {
            Instant began = settings.clock().instant();
            boolean was = provisioning.revoke(tenant, held);
            if (was) {
                reportRevoked(tenant, began);
            }
            return was;
        });
    }

    /** The ids of all tenants that have a recipient, in order: also of those that are half provisioned or half revoked. */
    public List<String> tenants() {
        return settings.catalog().recipients().stream()
                .map(provisioning::tenant)
                .flatMap(Optional::stream)
                .sorted()
                .toList();
    }

    /** What there is of a tenant; {@link TenantState#ABSENT} when there is nothing. Waits for nobody. */
    public TenantStatus status(String tenant) {
        return provisioning.status(TenantNames.check(tenant));
    }

    /** The tenants whose newest token ends within that time, or has ended, soonest first; as the catalog has it. */
    public List<TenantExpiry> expiring(Duration within) {
        Instant limit = settings.clock().instant().plus(within);
        List<TenantExpiry> found = new ArrayList<>();
        for (RecipientState state : settings.catalog().recipients()) {
            Optional<String> tenant = provisioning.tenant(state);
            Optional<RecipientToken> newest = state.newestToken();
            boolean lasts = newest.isPresent()
                    && newest.get().expires().map(limit::isBefore).orElse(true);
            if (tenant.isPresent() && !lasts && !Provisioning.isRevoking(state)) {
                found.add(new TenantExpiry(tenant.get(), newest.flatMap(RecipientToken::expires)));
            }
        }
        found.sort(
                Comparator.comparing((TenantExpiry expiry) -> expiry.expires().orElse(Instant.MIN))
                        .thenComparing(TenantExpiry::tenant));
        return found;
    }

    /**
     * Brings all tenants up to date with the plan, finishes what was cut short, and goes on with the next tenant when one fails.
     * Tokens that have ended are not replaced.
     *
     * @throws KeywharfException when the catalog cannot list its recipients
     */
    public ReconcileReport reconcile() {
        List<String> tenants = tenants();
        List<String> repaired = new ArrayList<>();
        List<String> removed = new ArrayList<>();
        List<String> expired = new ArrayList<>();
        Map<String, KeywharfException> failed = new TreeMap<>();
        for (String tenant : tenants) {
            try {
                switch (reconcile(tenant)) {
                    case ISSUED -> repaired.add(tenant);
                    case REVOKED -> removed.add(tenant);
                    case EXPIRED -> expired.add(tenant);
                    case KEPT, GONE -> {}
                }
            } catch (KeywharfException e) {
                if (e.is(KeywharfException.INTERRUPTED)) {
                    throw e;
                }
                failed.put(tenant, e);
            }
        }
        return new ReconcileReport(tenants.size(), repaired, removed, expired, failed);
    }

    private Provisioning.Outcome reconcile(String tenant) {
        return with(tenant, Action.PROVISION, held -> {
            Instant began = settings.clock().instant();
            Provisioning.Result result = provisioning.reconcile(tenant, held);
            if (result.outcome() == Provisioning.Outcome.REVOKED) {
                reportRevoked(tenant, began);
            }
            report(tenant, Action.PROVISION, result, began);
            return result.outcome();
        });
    }

    @Override
    public String toString() {
        return "DeltaSharingManager[" + settings.plan() + ", " + settings.catalog() + ", profiles in "
                + settings.secrets() + "]";
    }

    /**
     * Builds a manager. Defaults: tokens live as long as the catalog decides, tenants connect from anywhere, {@link
     * #DEFAULT_PATIENCE}, no prefix, one process, the system's clock, no listener.
     */
    public static final class Builder {
        /** 30 seconds: how long a call waits for another that works on the same tenant. */
        public static final Duration DEFAULT_PATIENCE = Duration.ofSeconds(30);

        private @Nullable ShareCatalog catalog;
        private @Nullable SecretStore secrets;
        private @Nullable SharingPlan plan;
        private @Nullable Duration validity;
        private @Nullable ObjectStore coordination;
        private Function<String, List<String>> addresses = tenant -> List.of();
        private String secretPrefix = "";
        private Duration patience = DEFAULT_PATIENCE;
        private InstantSource clock = InstantSource.system();
        private EventListener events = EventListener.NONE;
        private Pause pause = Pause.SLEEP;

        private Builder() {}

        /** The catalog that hands out shares. Required. */
        public Builder catalog(ShareCatalog place) {
            catalog = Objects.requireNonNull(place, "catalog");
            return this;
        }

        /** Where tenants' profiles are stored. Required. */
        public Builder secrets(SecretStore store) {
            secrets = Objects.requireNonNull(store, "secrets");
            return this;
        }

        /** What each tenant is given. Required. */
        public Builder plan(SharingPlan tables) {
            plan = Objects.requireNonNull(tables, "plan");
            return this;
        }

        /** How long each token lives, from one second on, where the catalog allows that. */
        public Builder validity(Duration time) {
            validity = Checks.atLeast("validity", time, Duration.ofSeconds(1));
            return this;
        }

        /** The IP addresses and ranges that a tenant, given by its id, may connect from; any when the list is empty. */
        public Builder addresses(Function<String, List<String>> ofTenant) {
            addresses = Objects.requireNonNull(ofTenant, "addresses");
            return this;
        }

        /**
         * A folder that all processes which provision the same tenants share, so that one at a time works on a tenant. Without one
         * they may end each other's tokens. A process that was killed keeps others off its tenant for up to 75 seconds.
         *
         * @param folder for this alone; stays open
         */
        public Builder coordinate(ObjectStore folder) {
            coordination = Objects.requireNonNull(folder, "folder");
            return this;
        }

        /**
         * What the names of tenants' secrets begin with: give one where other secrets are kept in the same place. Tenants are a
         * manager's with the same prefix, so that managers with different ones over one catalog leave each other's alone
         * ({@code sharing.refused}). Of managers with secrets in one place, let no prefix begin with another.
         *
         * @param prefix up to 20 letters, digits and hyphens of ASCII
         */
        public Builder secretPrefix(String prefix) {
            if (!prefix.matches("[0-9a-zA-Z-]{0,20}")) {
                throw new IllegalArgumentException(
                        "The prefix '" + prefix + "' is not of up to 20 letters, digits and hyphens of ASCII");
            }
            secretPrefix = prefix;
            return this;
        }

        /** How long a call waits for another that works on the same tenant, from zero. */
        public Builder patience(Duration time) {
            patience = Checks.notNegative("patience", time);
            return this;
        }

        /** The time. */
        public Builder clock(InstantSource source) {
            clock = Objects.requireNonNull(source, "clock");
            return this;
        }

        /** Receives the events {@code sharing.tenant.*} and {@code sharing.profile.*}. None holds a secret. */
        public Builder events(EventListener listener) {
            events = listener.guarded();
            return this;
        }

        Builder pause(Pause other) {
            pause = other;
            return this;
        }

        /** The manager; calls nothing. */
        public DeltaSharingManager build() {
            return new DeltaSharingManager(
                    this,
                    Checks.required("The catalog", catalog, "catalog(shareCatalog)"),
                    Checks.required("The secret store", secrets, "secrets(store)"),
                    Checks.required("The plan", plan, "plan(sharingPlan)"));
        }
    }
}

package io.github.keywharf.sharing;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.catalog.Recipient;
import io.github.keywharf.catalog.RecipientState;
import io.github.keywharf.catalog.RecipientToken;
import io.github.keywharf.catalog.Share;
import io.github.keywharf.catalog.ShareCatalog;
import io.github.keywharf.catalog.ShareProfile;
import io.github.keywharf.catalog.SharedTable;
import io.github.keywharf.catalog.TenantFilter;
import io.github.keywharf.internal.Cut;
import io.github.keywharf.sharing.TenantLocks.Held;
import io.github.keywharf.sharing.TenantSecrets.Stored;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The steps of one tenant's work, under its lock. Each step looks first at what is there, so that work that was cut short anywhere is
 * finished by doing it again; nothing is remembered elsewhere.
 *
 * <p>The recipient is made first and removed last, so that whatever is half done is found in the catalog's list of recipients.
 * Where a revocation is under way, its tenant property has another name, which a filter does not find.
 */
final class Provisioning {
    private static final String REVOKED_PROPERTY = "revoked_" + SharingPlan.TENANT_PROPERTY;

    /** The prefix of the manager that the tenant is of; without one the property is not there. */
    private static final String PREFIX_PROPERTY = SharingPlan.TENANT_PROPERTY + "_secret_prefix";

    private final SharingSettings settings;
    private final ShareCatalog catalog;
    private final TenantSecrets secrets;
    private final TenantLocks locks;

    Provisioning(SharingSettings settings, TenantLocks locks) {
        this.settings = settings;
        this.catalog = settings.catalog();
        this.secrets = settings.secrets();
        this.locks = locks;
    }

    /** The tenant of a recipient that is this manager's. */
    Optional<String> tenant(RecipientState state) {
        Map<String, String> properties = state.recipient().properties();
        return Optional.ofNullable(
                        properties.getOrDefault(SharingPlan.TENANT_PROPERTY, properties.get(REVOKED_PROPERTY)))
                .filter(tenant -> prefix(state).equals(settings.names().prefix()))
                .filter(tenant ->
                        recipientName(tenant).equalsIgnoreCase(state.recipient().name()));
    }

    private static String prefix(RecipientState state) {
        return state.recipient().properties().getOrDefault(PREFIX_PROPERTY, "");
    }

    /** The properties of a recipient that is the tenant's, with the tenant under a name. */
    private Map<String, String> properties(String name, String tenant) {
        String prefix = settings.names().prefix();
        return prefix.isEmpty() ? Map.of(name, tenant) : Map.of(name, tenant, PREFIX_PROPERTY, prefix);
    }

    static boolean isRevoking(RecipientState state) {
        return !state.recipient().properties().containsKey(SharingPlan.TENANT_PROPERTY)
                && state.recipient().properties().containsKey(REVOKED_PROPERTY);
    }

    private String recipientName(String tenant) {
        return settings.names().name(tenant);
    }

    private Share share(String tenant) {
        return settings.plan().share(tenant, settings.names());
    }

    /** The tenant's recipient; another's of the same name is refused. */
    private Optional<RecipientState> recipient(String tenant) {
        String name = recipientName(tenant);
        Optional<RecipientState> found = catalog.findRecipient(name);
        if (found.isPresent() && tenant(found.get()).filter(tenant::equals).isEmpty()) {
            // One of nobody's may be that of an earlier middleware, which granted this share and nothing else.
            Set<String> properties = found.get().recipient().properties().keySet();
            boolean adoptable = !properties.contains(SharingPlan.TENANT_PROPERTY)
                    && !properties.contains(REVOKED_PROPERTY)
                    && catalog.grants(name).stream()
                            .allMatch(share ->
                                    share.equalsIgnoreCase(share(tenant).name()));
            if (!adoptable) {
                throw new KeywharfException(
                        "sharing.refused",
                        name,
                        "The recipient of this name is " + whose(tenant, found.get())
                                + ", and is left as it is; remove it, or give the tenant another id");
            }
        }
        return found;
    }

    private String whose(String tenant, RecipientState state) {
        String prefix = prefix(state);
        return prefix.equals(settings.names().prefix())
                ? "not one of the tenant " + tenant
                : "that of a manager with the secret prefix '" + Cut.printable(prefix, 40) + "'";
    }

    TenantStatus status(String tenant) {
        Optional<RecipientState> recipient = recipient(tenant);
        Optional<Stored> stored = secrets.find(tenant);
        String share = share(tenant).name();
        Set<String> others = new TreeSet<>(recipient.isPresent() ? catalog.grants(recipientName(tenant)) : Set.of());
        boolean granted = others.removeIf(share::equalsIgnoreCase);
        return new TenantStatus(
                tenant,
                state(recipient, granted, stored),
                recipientName(tenant),
                share,
                settings.names().secret(tenant),
                stored.flatMap(each -> each.profile().expires()),
                recipient.map(RecipientState::tokens).orElse(List.of()),
                List.copyOf(others));
    }

    private TenantState state(Optional<RecipientState> recipient, boolean granted, Optional<Stored> stored) {
        if (recipient.isEmpty()) {
            return stored.isEmpty() ? TenantState.ABSENT : TenantState.INCOMPLETE;
        }
        if (isRevoking(recipient.get())) {
            return TenantState.REVOKING;
        }
        if (!granted || stored.isEmpty()) {
            return TenantState.INCOMPLETE;
        }
        if (!isOfNewestToken(stored.get(), recipient.get())) {
            return TenantState.STALE;
        }
        return hasEnded(stored.get().profile()) ? TenantState.EXPIRED : TenantState.ACTIVE;
    }

    private boolean hasEnded(ShareProfile profile) {
        return profile.expires()
                .filter(time -> !time.isAfter(settings.clock().instant()))
                .isPresent();
    }

    /** No catalog gives a token twice, so what it says of tokens is compared. */
    private boolean isOfNewestToken(Stored stored, RecipientState state) {
        Optional<RecipientToken> newest = state.newestToken();
        if (newest.isEmpty()) {
            // Catalogs need not list tokens that have ended.
            return hasEnded(stored.profile());
        }
        return isOf(newest.get(), stored.profile())
                && stored.tokenId().map(newest.get().id()::equals).orElse(true);
    }

    private static boolean isOf(RecipientToken token, ShareProfile profile) {
        return token.activated() && seconds(token.expires()).equals(seconds(profile.expires()));
    }

    private static Optional<Instant> seconds(Optional<Instant> time) {
        return time.map(exact -> exact.truncatedTo(ChronoUnit.SECONDS));
    }

    /** What became of a tenant. */
    enum Outcome {
        KEPT,
        ISSUED,
        EXPIRED,
        REVOKED,
        GONE
    }

    /** What became of a tenant, with the profile that is stored. */
    record Result(Outcome outcome, Optional<ShareProfile> profile) {}

    /** Finishes what was begun; a tenant without a recipient is left alone, as it may be gone since it was listed. */
    Result reconcile(String tenant, Held held) {
        Optional<RecipientState> found = recipient(tenant);
        if (found.isEmpty()) {
            return new Result(Outcome.GONE, Optional.empty());
        }
        if (isRevoking(found.get())) {
            revoke(tenant, held);
            return new Result(Outcome.REVOKED, Optional.empty());
        }
        return provision(tenant, held, false);
    }

    /**
     * Adds what is missing.
     *
     * @param renew whether a profile whose token has ended is replaced
     */
    Result provision(String tenant, Held held, boolean renew) {
        Optional<Stored> stored = secrets.find(tenant);
        Optional<RecipientState> before = recipient(tenant);
        if (before.filter(Provisioning::isRevoking).isPresent()) {
            // Its token may be known to those it was taken from.
            revoke(tenant, held);
            stored = Optional.empty();
        }
        if (!ownsShare(tenant, before)) {
            throw new KeywharfException(
                    "sharing.refused",
                    share(tenant).name(),
                    "The share of this name is not one of the tenant " + tenant
                            + ", and others may read it; remove it, or give the tenant another id");
        }
        endOthersTokens(tenant, before, stored, held);
        held.check();
        RecipientState state = catalog.ensureRecipient(wanted(tenant));
        ensureShare(share(tenant), held);
        held.check();
        catalog.ensureGrant(share(tenant).name(), recipientName(tenant));
        boolean ended = stored.map(Stored::profile).filter(this::hasEnded).isPresent();
        if (stored.isPresent() && isOfNewestToken(stored.get(), state) && !(renew && ended)) {
            return new Result(ended ? Outcome.EXPIRED : Outcome.KEPT, stored.map(Stored::profile));
        }
        return store(tenant, held, issue(tenant, held));
    }

    /** Whether the tenant's share is absent, or there for the tenant: one of others shows them what is put into it. */
    private boolean ownsShare(String tenant, Optional<RecipientState> recipient) {
        Share own = share(tenant);
        if (settings.plan().layout() == SharingLayout.ONE_SHARE) {
            return true;
        }
        List<SharedTable> tables =
                catalog.findShare(own.name()).map(Share::tables).orElse(List.of());
        return tables.isEmpty()
                || tables.equals(own.tables())
                || tables.stream().anyMatch(table -> isOf(tenant, table))
                || (recipient.isPresent()
                        && catalog.grants(recipientName(tenant)).stream().anyMatch(own.name()::equalsIgnoreCase));
    }

    private static boolean isOf(String tenant, SharedTable table) {
        return table.filter()
                .filter(filter -> filter.equals(TenantFilter.value(filter.column(), tenant)))
                .isPresent();
    }

    /** Of a recipient that becomes the tenant's and whose profile is not stored, nobody knows who has the token. */
    private void endOthersTokens(String tenant, Optional<RecipientState> before, Optional<Stored> stored, Held held) {
        if (before.isPresent()
                && tenant(before.get()).isEmpty()
                && stored.filter(profile -> isOfNewestToken(profile, before.get()))
                        .isEmpty()) {
            held.check();
            catalog.rotate(recipientName(tenant), Duration.ZERO);
        }
    }

    private Recipient wanted(String tenant) {
        Recipient recipient = Recipient.of(recipientName(tenant))
                .withProperties(properties(SharingPlan.TENANT_PROPERTY, tenant))
                .withAddresses(settings.addresses().apply(tenant));
        return settings.validity().map(recipient::validFor).orElse(recipient);
    }

    private void ensureShare(Share share, Held held) {
        if (settings.plan().layout() == SharingLayout.SHARE_PER_TENANT) {
            held.check();
            catalog.ensureShare(share);
            return;
        }
        Optional<Share> present = catalog.findShare(share.name());
        if (present.isEmpty() || !present.get().tables().equals(share.tables())) {
            // Two hyphens and no hash after them are in no tenant's name.
            locks.with("share--all", shared -> {
                shared.check();
                return catalog.ensureShare(share);
            });
        }
    }

    private ShareProfile issue(String tenant, Held held) {
        return pending(tenant, held).orElseGet(() -> {
            held.check();
            return catalog.rotate(recipientName(tenant), Duration.ZERO);
        });
    }

    /** The profile of a token that was issued and never handed out. */
    private Optional<ShareProfile> pending(String tenant, Held held) {
        held.check();
        return catalog.activate(recipientName(tenant)).filter(profile -> !hasEnded(profile));
    }

    private Result store(String tenant, Held held, ShareProfile profile) {
        Stored stored = new Stored(profile, tokenId(tenant, profile));
        held.check();
        secrets.put(tenant, stored);
        return new Result(Outcome.ISSUED, Optional.of(profile));
    }

    /** A profile that was handed out is stored in any case, and can do without. */
    private Optional<String> tokenId(String tenant, ShareProfile profile) {
        try {
            return catalog.findRecipient(recipientName(tenant))
                    .flatMap(RecipientState::newestToken)
                    .filter(token -> isOf(token, profile) && !token.id().isEmpty())
                    .map(RecipientToken::id);
        } catch (KeywharfException e) {
            return Optional.empty();
        }
    }

    Result rotate(String tenant, Duration grace, Held held) {
        Optional<Stored> stored = secrets.find(tenant);
        RecipientState state = recipient(tenant)
                .filter(found -> !isRevoking(found))
                .orElseThrow(() -> DeltaSharingManager.notFound(tenant));
        boolean unfinished = stored.isEmpty() || !isOfNewestToken(stored.get(), state);
        Optional<ShareProfile> pending = unfinished ? pending(tenant, held) : Optional.empty();
        held.check();
        return store(tenant, held, pending.orElseGet(() -> catalog.rotate(recipientName(tenant), grace)));
    }

    /** Takes all from a tenant; returns whether there was anything. */
    boolean revoke(String tenant, Held held) {
        Optional<RecipientState> recipient = recipient(tenant);
        if (recipient.filter(found -> !isRevoking(found)).isPresent()) {
            held.check();
            catalog.ensureRecipient(Recipient.of(recipientName(tenant))
                    .withProperties(properties(REVOKED_PROPERTY, tenant))
                    .withAddresses(recipient.get().recipient().addresses()));
        }
        boolean was = recipient.isPresent();
        held.check();
        if (settings.plan().layout() == SharingLayout.SHARE_PER_TENANT) {
            if (ownsShare(tenant, recipient)) {
                was |= catalog.findShare(share(tenant).name()).isPresent();
                catalog.removeShare(share(tenant).name());
            }
        } else if (recipient.isPresent()) {
            catalog.removeGrant(share(tenant).name(), recipientName(tenant));
        }
        held.check();
        was |= secrets.remove(tenant);
        held.check();
        catalog.removeRecipient(recipientName(tenant));
        return was;
    }
}

package io.github.keywharf.sharing;

import io.github.keywharf.Organisation;
import io.github.keywharf.event.Work;
import io.github.keywharf.internal.Cut;
import io.github.keywharf.internal.Sha256;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What a tenant's id is called in places that allow fewer characters and ignore case. An id of lower-case letters, digits and
 * single hyphens is called as it is. Any other one is made so, and has a hash after two hyphens, so that no two tenants share
 * a name.
 *
 * @param prefix what the names of secrets begin with
 */
record TenantNames(String prefix) {
    /** The most characters of an id. */
    static final int MAX_ID = 128;

    private static final Pattern PLAIN = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");
    private static final int MAX_PLAIN = 64;
    private static final int SHOWN = 30;
    private static final int HASH = 32;

    static String check(String tenant) {
        if (tenant.isEmpty()
                || !tenant.equals(tenant.strip())
                || !Cut.printable(tenant, MAX_ID).equals(tenant)) {
            throw new IllegalArgumentException("'" + Cut.printable(tenant, 80) + "' is not a tenant's id; use 1 to "
                    + MAX_ID + " characters without control characters, and without blanks around them");
        }
        return tenant;
    }

    /** The work of a tenant whose id is one of an organisation; no one's otherwise. */
    static Work work(String tenant) {
        try {
            return Work.of(Organisation.of(tenant));
        } catch (IllegalArgumentException e) {
            return Work.NONE;
        }
    }

    String name(String tenant) {
        if (tenant.length() <= MAX_PLAIN && PLAIN.matcher(tenant).matches()) {
            return tenant;
        }
        String like = tenant.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
        String shown = Cut.to(like, SHOWN).replaceAll("^-|-?…?$", "");
        return (shown.isEmpty() ? "tenant" : shown) + "--"
                + Sha256.hexOf(tenant).substring(0, HASH);
    }

    String secret(String tenant) {
        return prefix + name(tenant);
    }
}

package io.github.keywharf.sharing;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.keywharf.CheckReturnValue;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.catalog.Share;
import io.github.keywharf.catalog.SharedTable;
import io.github.keywharf.catalog.TenantFilter;
import io.github.keywharf.secret.Secret;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What each tenant is given: tables, of each of which it may read its own partitions, and how shares are laid out. Immutable; the
 * {@code with} and {@code in} methods copy.
 *
 * <pre>{@code
 * SharingPlan plan = SharingPlan.of("main.usage.platform_aggregated_usage", "usage.platform", "client_space_uid");
 * }</pre>
 */
public final class SharingPlan {
    /** The property of a recipient that has the tenant's id: {@value}. */
    public static final String TENANT_PROPERTY = "tenant";

    /** What the names of shares end with where each tenant has its own, {@value}: as the original middleware named them. */
    public static final String DEFAULT_SUFFIX = "_partitioned_platform_usage";

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final SharingLayout layout;
    private final String share;
    private final boolean history;
    private final List<SharedTable> tables;

    private SharingPlan(SharingLayout layout, String share, boolean history, List<SharedTable> tables) {
        this.layout = layout;
        this.share = share;
        this.history = history;
        // Checks the names, for both layouts.
        this.tables = new Share(
                        "plan" + share,
                        tables.stream().map(table -> table.withHistory(history)).toList())
                .tables();
    }

    /**
     * A table of which each tenant reads its own partitions, with its history, in a share of its own.
     *
     * @param source the table as the catalog knows it: {@code catalog.schema.table} of Unity Catalog
     * @param as the two names that tenants see, {@code schema.table}
     * @param tenantColumn the partition column with the tenant's id
     */
    public static SharingPlan of(String source, String as, String tenantColumn) {
        return new SharingPlan(
                SharingLayout.SHARE_PER_TENANT, DEFAULT_SUFFIX, true, List.of(ownPartitions(source, as, tenantColumn)));
    }

    /**
     * The tables of a JSON object such as {@code {"platform_aggregated_usage": "main.usage.platform"}}, each shared under the
     * last two parts of its name. The object's own names are for people.
     *
     * @param tenantColumn the partition column of each table with the tenant's id
     * @throws KeywharfException with code {@code sharing.bad_plan} when it is not such an object
     */
    public static SharingPlan ofTableNames(Secret json, String tenantColumn) {
        JsonNode root;
        try {
            root = JSON.readTree(json.reveal());
        } catch (IOException e) {
            // The cause is left out, because its message quotes what it stumbled over.
            throw badPlan("cannot be read");
        }
        List<SharedTable> tables = new ArrayList<>();
        for (Map.Entry<String, JsonNode> member : root.properties()) {
            String source = member.getValue().isTextual() ? member.getValue().textValue() : "";
            String[] parts = source.split("\\.", -1);
            if (parts.length < 2) {
                throw badPlan("has a member that does not name a table as catalog.schema.table");
            }
            try {
                tables.add(
                        ownPartitions(source, parts[parts.length - 2] + "." + parts[parts.length - 1], tenantColumn));
            } catch (IllegalArgumentException e) {
                throw badPlan("has a name that cannot be shared: " + e.getMessage());
            }
        }
        if (tables.isEmpty()) {
            throw badPlan("names no table");
        }
        try {
            return new SharingPlan(SharingLayout.SHARE_PER_TENANT, DEFAULT_SUFFIX, true, tables);
        } catch (IllegalArgumentException e) {
            throw badPlan("shares two tables under one name");
        }
    }

    private static KeywharfException badPlan(String problem) {
        return new KeywharfException(
                "sharing.bad_plan",
                "table names",
                "The JSON " + problem + "; write it as {\"platform_aggregated_usage\": \"catalog.schema.table\"}");
    }

    private static SharedTable ownPartitions(String source, String as, String tenantColumn) {
        return SharedTable.of(source, as).withFilter(TenantFilter.recipientProperty(tenantColumn, TENANT_PROPERTY));
    }

    /** With another table of which each tenant reads its own partitions. */
    @CheckReturnValue
    public SharingPlan withTable(String source, String as, String tenantColumn) {
        return with(ownPartitions(source, as, tenantColumn));
    }

    /** With another table that each tenant reads whole. */
    @CheckReturnValue
    public SharingPlan withCommonTable(String source, String as) {
        return with(SharedTable.of(source, as));
    }

    private SharingPlan with(SharedTable table) {
        List<SharedTable> all = new ArrayList<>(tables);
        all.add(table);
        return new SharingPlan(layout, share, history, all);
    }

    /** With, or without, the history of all tables: earlier versions and the change feed. With it unless this is called. */
    @CheckReturnValue
    public SharingPlan withHistory(boolean shared) {
        return new SharingPlan(layout, share, shared, tables);
    }

    /** With a share for each tenant whose name is the tenant's and this ending. */
    @CheckReturnValue
    public SharingPlan inSharePerTenant(String suffix) {
        return new SharingPlan(SharingLayout.SHARE_PER_TENANT, suffix, history, tables);
    }

    /** With one share of this name for all tenants. */
    @CheckReturnValue
    public SharingPlan inOneShare(String name) {
        return new SharingPlan(SharingLayout.ONE_SHARE, name, history, tables);
    }

    /** How shares are laid out. */
    public SharingLayout layout() {
        return layout;
    }

    /** The tables; those with a filter are a tenant's own. */
    public List<SharedTable> tables() {
        return tables;
    }

    /** The share that a tenant is granted. */
    Share share(String tenant, TenantNames names) {
        return layout == SharingLayout.ONE_SHARE
                ? new Share(share, tables)
                : new Share(
                        names.name(tenant) + share,
                        tables.stream().map(table -> own(table, tenant)).toList());
    }

    private static SharedTable own(SharedTable table, String tenant) {
        return table.filter()
                .map(filter -> table.withFilter(TenantFilter.value(filter.column(), tenant)))
                .orElse(table);
    }

    @Override
    public String toString() {
        return tables + (layout == SharingLayout.ONE_SHARE ? " in the share " : " in shares of names with ") + share;
    }
}

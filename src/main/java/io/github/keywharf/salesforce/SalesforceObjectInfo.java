package io.github.keywharf.salesforce;

import java.util.Optional;

/**
 * An object of an org, as the list of all objects has it. What may be done is what this user may.
 *
 * @param name for queries and writes: {@code Contact}, {@code Score__c}
 * @param label as people see it
 * @param custom whether the org added it
 * @param keyPrefix the first three characters of its records' ids, where it has its own
 * @param queryable whether it can be queried
 * @param createable whether records can be created
 * @param updateable whether records can be changed
 * @param deletable whether records can be deleted
 * @param replicateable whether deletions can be asked for by time
 */
public record SalesforceObjectInfo(
        String name,
        String label,
        boolean custom,
        Optional<String> keyPrefix,
        boolean queryable,
        boolean createable,
        boolean updateable,
        boolean deletable,
        boolean replicateable) {

    @Override
    public String toString() {
        return name;
    }
}

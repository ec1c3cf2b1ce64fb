package io.github.keywharf.aws;

import java.util.List;
import java.util.Optional;

/**
 * Where in S3 a flow writes, and how.
 *
 * @param bucket the bucket
 * @param prefix the folder within it, as the flow has it; may be empty
 * @param fileType the format of the files
 * @param prefixType where the date or the run's id is put; empty when the flow does not say
 * @param prefixFormat how fine the date is, which is UTC; empty when there is none
 * @param hierarchy the folders between the prefix and the files, outermost first
 * @param singleFile whether the flow is to write one file for each run; large runs have several all the same
 * @param typesKept whether Parquet columns have the source's types; otherwise all columns are strings
 */
public record FlowDestination(
        String bucket,
        String prefix,
        FlowFileType fileType,
        Optional<PrefixType> prefixType,
        Optional<PrefixFormat> prefixFormat,
        List<PathPart> hierarchy,
        boolean singleFile,
        boolean typesKept) {

    /** Where the date is put. */
    public enum PrefixType {
        /** In the names of the files. */
        FILENAME,
        /** In the folders above the files. */
        PATH,
        /** In both. */
        PATH_AND_FILENAME,
        /** A type that this version does not know. */
        UNKNOWN
    }

    /** How fine the date in a path or a name is. */
    public enum PrefixFormat {
        /** {@code 2026}. */
        YEAR,
        /** Year and month. */
        MONTH,
        /** Year, month and day. */
        DAY,
        /** Down to the hour. */
        HOUR,
        /** Down to the minute. */
        MINUTE,
        /** A format that this version does not know. */
        UNKNOWN
    }

    /** A folder between the prefix and the files. */
    public enum PathPart {
        /** The version of the flow's schema, which rises when fields or mappings change. */
        SCHEMA_VERSION,
        /** The run's id. */
        EXECUTION_ID,
        /** A part that this version does not know. */
        UNKNOWN
    }

    /** Copies the hierarchy. */
    public FlowDestination {
        hierarchy = List.copyOf(hierarchy);
    }
}

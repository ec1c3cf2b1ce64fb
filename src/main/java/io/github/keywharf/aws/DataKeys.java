package io.github.keywharf.aws;

/** Which keys below a folder are those of data. */
final class DataKeys {
    private DataKeys() {}

    /**
     * Whether Spark reads an object: no folder or file name below the root begins with a dot, or with an underscore unless it
     * is a partition's, {@code _day=1}.
     */
    static boolean isData(String key, String root) {
        int begin = root.length();
        while (begin < key.length()) {
            int slash = key.indexOf('/', begin);
            int end = slash < 0 ? key.length() : slash;
            char first = key.charAt(begin);
            int equals = key.indexOf('=', begin);
            if (first == '.' || (first == '_' && (equals < 0 || equals > end))) {
                return false;
            }
            begin = end + 1;
        }
        return true;
    }

    /** A folder with its slash, or the empty one of all keys. */
    static String folder(String prefix) {
        int end = prefix.length();
        while (end > 0 && prefix.charAt(end - 1) == '/') {
            end--;
        }
        return end == 0 ? "" : prefix.substring(0, end) + "/";
    }
}

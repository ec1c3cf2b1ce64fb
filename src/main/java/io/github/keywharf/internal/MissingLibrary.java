package io.github.keywharf.internal;

/** Message about an optional library that is not on the class path. */
public final class MissingLibrary {

    private MissingLibrary() {}

    /**
     * Returns the name of the missing library with the coordinates to add.
     *
     * @param coordinates each {@code group:artifact:version}; {@code VersionsTest} compares the versions with the build's
     */
    public static String message(String what, String... coordinates) {
        return what + " is not on the class path; add " + String.join(" and ", coordinates);
    }
}

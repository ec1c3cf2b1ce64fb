package io.github.keywharf.salesforce;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Names of columns under which the components of Java records find them. */
final class RecordNames {
    private RecordNames() {}

    /** For each column to be renamed its new name: without dots and the endings of custom fields, unless two would be alike. */
    static Map<String, String> of(List<String> columns) {
        List<String> plain = new ArrayList<>();
        for (String column : columns) {
            plain.add(column.replaceAll("__[cr](?=\\.|$)", "").replace('.', '_'));
        }
        Map<String, String> renamed = new LinkedHashMap<>();
        for (int i = 0; i < plain.size(); i++) {
            String alike = alike(plain.get(i));
            boolean single =
                    plain.stream().filter(name -> alike(name).equals(alike)).count() == 1
                            && columns.stream()
                                            .filter(name -> alike(name).equals(alike))
                                            .count()
                                    <= 1;
            if (single && !plain.get(i).equals(columns.get(i))) {
                renamed.put(columns.get(i), plain.get(i));
            }
        }
        return renamed;
    }

    private static String alike(String name) {
        return name.replace("_", "").toLowerCase(Locale.ROOT);
    }
}

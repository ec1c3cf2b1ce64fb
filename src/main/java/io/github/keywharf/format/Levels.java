package io.github.keywharf.format;

import java.util.Arrays;

/** Repetition and definition levels, an entry each; the lowest level of the definition says what is absent. */
final class Levels {

    private int[] repetition = new int[64];
    private int[] definition = new int[64];
    private int size;

    int size() {
        return size;
    }

    int repetition(int entry) {
        return repetition[entry];
    }

    int definition(int entry) {
        return definition[entry];
    }

    void add(int newRepetition, int newDefinition) {
        if (size == repetition.length) {
            repetition = Arrays.copyOf(repetition, size * 2);
            definition = Arrays.copyOf(definition, size * 2);
        }
        repetition[size] = newRepetition;
        definition[size++] = newDefinition;
    }

    void clear() {
        size = 0;
    }
}

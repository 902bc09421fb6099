package io.streamkeeper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;

/** Lists the kinds of a sealed type, so that a test of each of them fails if a new kind has no sample. */
public final class Kinds {
    private Kinds() {}

    /** Every permitted subclass of {@code type} that is not itself sealed, at any depth. */
    public static Set<Class<?>> of(Class<?> type) {
        Set<Class<?>> kinds = new LinkedHashSet<>();
        add(type, kinds);
        return kinds;
    }

    private static void add(Class<?> type, Set<Class<?>> kinds) {
        if (!type.isSealed()) {
            kinds.add(type);
            return;
        }
        for (Class<?> permitted : type.getPermittedSubclasses()) {
            add(permitted, kinds);
        }
    }

    /** Fails where a kind of {@code sealed} has no sample. */
    public static void assertComplete(Class<?> sealed, Collection<?> samples) {
        assertThat(samples.stream().map(Object::getClass).distinct().toArray())
                .as("a sample of each kind of " + sealed.getSimpleName())
                .containsExactlyInAnyOrder(of(sealed).toArray());
    }
}

package io.streamkeeper.server.setting;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A setting type whose values are a few names. Upper case is accepted too.
 *
 * @param <T> the type of a value
 */
public final class Choice<T> implements SettingType<T> {
    private final String noun;
    private final String label;
    private final Map<String, T> values = new LinkedHashMap<>();

    private Choice(String noun, String label) {
        this.noun = noun;
        this.label = label;
    }

    /**
     * {@return the choice between the constants of an enum, by their names in lower case}
     *
     * @param noun the noun for a constant, with its article, for messages, such as {@code a transport}
     * @param label the placeholder that help shows for a value
     * @param constants in the order in which messages list them
     * @param <E> the enum
     */
    @SafeVarargs
    public static <E extends Enum<E>> Choice<E> of(String noun, String label, E... constants) {
        Choice<E> choice = new Choice<>(noun, label);
        for (E constant : constants) {
            choice.values.put(constant.name().toLowerCase(Locale.ROOT), constant);
        }
        return choice;
    }

    /**
     * {@return the choice between two names for a boolean}
     *
     * @param noun the noun for a name, with its article, for messages
     * @param label the placeholder that help shows for a value
     * @param no the name of false
     * @param yes the name of true
     */
    public static Choice<Boolean> between(String noun, String label, String no, String yes) {
        Choice<Boolean> choice = new Choice<>(noun, label);
        choice.values.put(no, false);
        choice.values.put(yes, true);
        return choice;
    }

    @Override
    public String label() {
        return label;
    }

    @Override
    public T parse(String written) {
        T value = values.get(written.toLowerCase(Locale.ROOT));
        if (value == null) {
            throw new IllegalArgumentException("'" + written + "' is not " + noun + "; expected " + names());
        }
        return value;
    }

    private String names() {
        String all = String.join(", ", values.keySet());
        int last = all.lastIndexOf(", ");
        return all.substring(0, last) + " or " + all.substring(last + 2);
    }
}

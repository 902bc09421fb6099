package io.streamkeeper.server.setting;

/**
 * A setting type for numbers between two bounds.
 *
 * @param unit the unit of the numbers
 * @param min the smallest
 * @param max the largest; {@link Long#MAX_VALUE} for any
 */
record NumberType(Unit unit, long min, long max) implements SettingType<Long> {
    @Override
    public String label() {
        return unit.label();
    }

    @Override
    public Long parse(String written) {
        return unit.parse(written);
    }

    @Override
    public void check(String name, Long value) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + unit.suffix() + " is " + value + "; expected "
                    + (max == Long.MAX_VALUE ? "at least " + min : min + " to " + max));
        }
    }

    @Override
    public String allowed() {
        return max == Long.MAX_VALUE ? "at least " + unit.text(min) : unit.text(min) + " to " + unit.text(max);
    }
}

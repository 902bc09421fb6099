package io.streamkeeper.server.setting;

/**
 * A setting type for on or off: on the command line, a flag without a value, or with {@code --no-}; elsewhere {@code
 * true} or {@code false}.
 */
public record Switch() implements SettingType<Boolean> {
    @Override
    public String label() {
        return "";
    }

    @Override
    public Boolean parse(String written) {
        return switch (written) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("'" + written + "' is not a switch; expected true or false");
        };
    }

    @Override
    public boolean isSwitch() {
        return true;
    }
}

package io.streamkeeper.server.config;

import io.streamkeeper.protocol.Digits;
import io.streamkeeper.protocol.Retention;
import io.streamkeeper.server.config.RetentionConfig.Rule;
import io.streamkeeper.server.setting.Durations;
import io.streamkeeper.server.setting.SettingType;
import io.streamkeeper.server.setting.Sizes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The syntax of retention rules: {@code logs/**=max-age:7d,max-bytes:1GiB; chat/*=max-messages:1000}. */
final class RetentionRules implements SettingType<RetentionConfig> {
    @Override
    public String label() {
        return "RULES";
    }

    @Override
    public RetentionConfig parse(String text) {
        List<Rule> rules = new ArrayList<>();
        for (String rule : text.split(";", -1)) {
            if (!rule.isBlank()) {
                rules.add(rule(rule.strip()));
            }
        }
        return new RetentionConfig(rules);
    }

    private static Rule rule(String text) {
        int equals = text.lastIndexOf('=');
        if (equals <= 0) {
            throw notARule(text);
        }
        long age = Retention.UNBOUNDED;
        long bytes = Retention.UNBOUNDED;
        long messages = Retention.UNBOUNDED;
        for (String bound : text.substring(equals + 1).split(",", -1)) {
            String[] words = bound.strip().split(":", 2);
            String value = words.length == 2 ? words[1] : "";
            switch (words[0]) {
                case "max-age" -> age = TimeUnit.MILLISECONDS.toSeconds(Durations.parse(value));
                case "max-bytes" -> bytes = Sizes.parse(value);
                case "max-messages" -> messages = messages(text, value);
                default -> throw notARule(text);
            }
        }
        if (age == 0 || bytes == 0 || messages == 0) {
            throw notARule(text);
        }
        return new Rule(text.substring(0, equals), new Retention(age, bytes, messages));
    }

    private static long messages(String rule, String value) {
        if (!value.matches("\\d{1,15}")) {
            throw notARule(rule);
        }
        return Digits.toLong(value);
    }

    private static IllegalArgumentException notARule(String text) {
        return new IllegalArgumentException(
                "'" + text + "' is not a rule of retention; expected a pattern of paths, = and"
                        + " max-age, max-bytes or max-messages, each above 0, such as logs/**=max-age:7d,max-bytes:1GiB");
    }
}

package io.streamkeeper.server.config;

import io.streamkeeper.protocol.Retention;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.server.setting.Setting;
import io.streamkeeper.server.setting.SettingGroup;
import io.streamkeeper.server.setting.SettingValues;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The retention, by path, of streams that are created without retention headers.
 *
 * @param rules the first rule that matches applies; a stream that no rule matches keeps everything
 */
public record RetentionConfig(List<Rule> rules) {
    private static final Pattern WILDCARD = Pattern.compile("\\*\\*|\\*");

    private static final Setting<RetentionConfig> RULES = new Setting<>(
            SettingGroup.STORAGE,
            "retention",
            new RetentionRules(),
            "",
            "What streams keep that are created without retention headers, by path; the first rule that matches counts:"
                    + " logs/**=max-age:7d,max-bytes:1GiB; chat/*=max-messages:1000");

    static final List<Setting<?>> SETTINGS = List.of(RULES);

    /**
     * One rule.
     *
     * @param pattern a path in which {@code *} matches any part of a segment, and {@code **} any text
     * @param retention the retention of a stream whose path matches
     */
    public record Rule(String pattern, Retention retention) {
        boolean matches(StreamPath path) {
            StringBuilder regex = new StringBuilder();
            Matcher wildcards = WILDCARD.matcher(pattern);
            int literal = 0;
            while (wildcards.find()) {
                regex.append(Pattern.quote(pattern.substring(literal, wildcards.start())));
                regex.append(wildcards.group().length() == 2 ? ".*" : "[^/]*");
                literal = wildcards.end();
            }
            regex.append(Pattern.quote(pattern.substring(literal)));
            return Pattern.matches(regex.toString(), path.value());
        }
    }

    /**
     * Copies the rules.
     *
     * @param rules in the order in which they are tried
     */
    public RetentionConfig {
        rules = List.copyOf(rules);
    }

    static RetentionConfig of(SettingValues values) {
        return values.get(RULES);
    }

    void copyTo(SettingValues values) {
        values.set(RULES, this);
    }

    /** {@return the defaults: no rules, so everything is kept} */
    public static RetentionConfig defaults() {
        return new RetentionConfig(List.of());
    }

    /**
     * {@return the retention of a stream that is created without retention headers}
     *
     * @param path the path of the stream
     */
    public Retention of(StreamPath path) {
        for (Rule rule : rules) {
            if (rule.matches(path)) {
                return rule.retention();
            }
        }
        return Retention.none();
    }
}

package io.streamkeeper.server.config;

import io.streamkeeper.protocol.Retention;
import io.streamkeeper.protocol.StreamPath;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What streams keep that are created without a word about it, by their paths.
 *
 * @param rules the first that matches counts; a stream that none matches keeps everything
 */
public record RetentionConfig(List<Rule> rules) {
    private static final Pattern WILDCARD = Pattern.compile("\\*\\*|\\*");

    /**
     * One rule.
     *
     * @param pattern a path in which {@code *} stands for any part of a segment, and {@code **} for anything
     * @param retention what a stream keeps whose path matches
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

    /** {@return no rules: everything is kept} */
    public static RetentionConfig defaults() {
        return new RetentionConfig(List.of());
    }

    /**
     * {@return what a stream keeps that is created without a word about it}
     *
     * @param path the stream's
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

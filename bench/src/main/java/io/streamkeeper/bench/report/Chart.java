package io.streamkeeper.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;

/** A line chart in SVG. */
public final class Chart {
    private static final int WIDTH = 720;
    private static final int HEIGHT = 300;
    private static final int LEFT = 80;
    private static final int RIGHT = 40;
    private static final int TOP = 20;
    private static final int BOTTOM = 50;
    private static final int STEPS = 5;
    private static final List<String> COLORS =
            List.of("#2563eb", "#dc2626", "#059669", "#d97706", "#7c3aed", "#0891b2", "#be185d", "#4b5563");

    /** A point of a line. */
    public record Point(double x, double y) {}

    /** A line through points, from left to right. */
    public record Line(String name, List<Point> points) {
        /** Copies the list. */
        public Line {
            points = List.copyOf(points);
        }
    }

    private final String title;
    private final DoubleFunction<String> xLabel;
    private final DoubleFunction<String> yLabel;
    private final List<Line> lines = new ArrayList<>();
    private int xSteps = STEPS;

    /** A chart without lines; the functions format the labels of its axes. */
    public Chart(String title, DoubleFunction<String> xLabel, DoubleFunction<String> yLabel) {
        this.title = title;
        this.xLabel = xLabel;
        this.yLabel = yLabel;
    }

    /** Divides the x axis into another number of equal steps. */
    public Chart xSteps(int steps) {
        xSteps = steps;
        return this;
    }

    /** Adds a line. */
    public Chart add(Line line) {
        lines.add(line);
        return this;
    }

    String toSvg() {
        double xMin = extreme(false, false);
        double xMax = Math.max(extreme(true, false), xMin + 1e-9);
        double yMax = Math.max(extreme(true, true), 1e-9);
        StringBuilder svg = new StringBuilder();
        svg.append(format(
                "<figure><figcaption>%s</figcaption><svg viewBox='0 0 %d %d' role='img'>", title, WIDTH, HEIGHT));
        for (int step = 0; step <= STEPS; step++) {
            double share = (double) step / STEPS;
            double y = HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM);
            svg.append(format("<path class='grid' d='M%d %.1fH%d'/>", LEFT, y, WIDTH - RIGHT));
            svg.append(
                    format("<text x='%d' y='%.1f' class='y'>%s</text>", LEFT - 8, y + 4, yLabel.apply(share * yMax)));
        }
        for (int step = 0; step <= xSteps; step++) {
            double share = (double) step / xSteps;
            double x = LEFT + share * (WIDTH - LEFT - RIGHT);
            svg.append(format(
                    "<text x='%.1f' y='%d' class='x'>%s</text>",
                    x, HEIGHT - BOTTOM + 18, xLabel.apply(xMin + share * (xMax - xMin))));
        }
        for (int i = 0; i < lines.size(); i++) {
            String color = COLORS.get(i % COLORS.size());
            svg.append(format("<path fill='none' stroke='%s' stroke-width='2' d='", color));
            Line line = lines.get(i);
            String move = "M";
            for (Point point : line.points()) {
                double x = LEFT + (point.x() - xMin) / (xMax - xMin) * (WIDTH - LEFT - RIGHT);
                double y = HEIGHT - BOTTOM - point.y() / yMax * (HEIGHT - TOP - BOTTOM);
                svg.append(format("%s%.1f %.1f", move, x, y));
                move = "L";
            }
            svg.append("'/>");
            svg.append(format(
                    "<text x='%d' y='%d' style='fill:%s'>%s</text>",
                    LEFT + i * 150, HEIGHT - 8, color, Page.escape(line.name())));
        }
        return svg.append("</svg></figure>\n").toString();
    }

    private double extreme(boolean greatest, boolean ofY) {
        double found = greatest ? 0 : Double.MAX_VALUE;
        for (Line line : lines) {
            for (Point point : line.points()) {
                double value = ofY ? point.y() : point.x();
                found = greatest ? Math.max(found, value) : Math.min(found, value);
            }
        }
        return found == Double.MAX_VALUE ? 0 : found;
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}

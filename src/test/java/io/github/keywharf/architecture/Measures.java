package io.github.keywharf.architecture;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.ConditionalExpressionTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.ParenthesizedTree;
import com.sun.source.tree.ReturnTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;

/**
 * Finds where sources break a measure of shape. A finding reads {@code rule package Type.member}; it has no line number, so
 * that it stays the same when code above it changes.
 */
final class Measures {
    static final int MAX_COMPONENTS = 8;
    static final int MAX_PARAMETERS = 6;
    static final int MAX_LINES = 400;

    private final String root;
    private final SortedSet<String> findings = new TreeSet<>();

    private Measures(String root) {
        this.root = root;
    }

    /** Findings in all sources under a directory; packages are named without {@code root}. */
    static SortedSet<String> findings(Path directory, String root) throws IOException {
        Measures measures = new Measures(root);
        for (Path source : Sources.files(directory)) {
            measures.count(source, directory);
        }
        Sources.parse(
                directory,
                (task, unit) ->
                        measures.new Scan(measures.relative(String.valueOf(unit.getPackageName()))).scan(unit, null));
        return measures.findings;
    }

    private void count(Path source, Path directory) throws IOException {
        String text = Files.readString(source).replaceAll("(?s)/\\*.*?\\*/", "");
        long lines = text.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("//") && !line.matches("(import|package) .*"))
                .count();
        Path folder = directory.relativize(source).getParent();
        String name = relative(folder == null ? "" : folder.toString().replace('/', '.'));
        if (lines > MAX_LINES) {
            findings.add("lines " + name + " " + source.getFileName().toString().replace(".java", ""));
        }
    }

    private String relative(String name) {
        return name.startsWith(root + ".") ? name.substring(root.length() + 1) : name.equals(root) ? "" : name;
    }

    private final class Scan extends TreePathScanner<Void, Void> {
        private final String home;
        private final Deque<ClassTree> types = new ArrayDeque<>();

        Scan(String home) {
            this.home = home;
        }

        @Override
        public Void visitClass(ClassTree type, Void unused) {
            types.push(type);
            if (isRecord(type)) {
                List<VariableTree> components = components(type);
                if (components.size() > MAX_COMPONENTS) {
                    find("components", "");
                }
                if (!isPublic()) {
                    components.stream()
                            .filter(Scan::isOptional)
                            .forEach(each -> find("optional", "." + each.getName()));
                }
            }
            super.visitClass(type, null);
            types.pop();
            return null;
        }

        @Override
        public Void visitMethod(MethodTree method, Void unused) {
            ClassTree owner = types.getFirst();
            List<? extends VariableTree> parameters = method.getParameters();
            boolean constructor = method.getReturnType() == null;
            boolean canonical = constructor
                    && isRecord(owner)
                    && parameters.size() == components(owner).size();
            boolean overrides = method.getModifiers().getAnnotations().stream()
                    .anyMatch(each -> each.getAnnotationType().toString().equals("Override"));
            if (!canonical && !overrides) {
                String name = constructor ? "" : "." + method.getName();
                if (parameters.size() > MAX_PARAMETERS) {
                    find("parameters", name);
                }
                if (parameters.stream().anyMatch(Scan::isOptional)) {
                    find("optional", name);
                }
                // A setter of one flag reads well in a builder; a call with a flag among other arguments does not.
                boolean setter = parameters.size() == 1
                        && method.getModifiers().getFlags().contains(Modifier.PUBLIC);
                if (!setter && parameters.stream().anyMatch(each -> is(each, "boolean"))) {
                    find("boolean", name);
                }
            }
            return super.visitMethod(method, null);
        }

        @Override
        public Void visitVariable(VariableTree variable, Void unused) {
            boolean field = getCurrentPath().getParentPath().getLeaf() instanceof ClassTree owner && !isRecord(owner);
            if (field && isOptional(variable)) {
                find("optional", "." + variable.getName());
            }
            return super.visitVariable(variable, null);
        }

        @Override
        public Void visitConditionalExpression(ConditionalExpressionTree choice, Void unused) {
            if (Stream.of(choice.getCondition(), choice.getTrueExpression(), choice.getFalseExpression())
                    .anyMatch(Scan::isChoice)) {
                find("ternary", "");
            }
            return super.visitConditionalExpression(choice, null);
        }

        /** A new value of the enclosing record that repeats most components. */
        @Override
        public Void visitNewClass(NewClassTree made, Void unused) {
            String name = made.getIdentifier().toString().replaceFirst("<.*", "");
            types.stream()
                    .filter(type -> isRecord(type) && type.getSimpleName().contentEquals(name))
                    .findFirst()
                    .ifPresent(type -> {
                        List<VariableTree> components = components(type);
                        List<? extends ExpressionTree> arguments = made.getArguments();
                        if (arguments.size() != components.size()) {
                            return;
                        }
                        long same = 0;
                        for (int i = 0; i < arguments.size(); i++) {
                            if (repeats(
                                    arguments.get(i).toString(),
                                    components.get(i).getName().toString())) {
                                same++;
                            }
                        }
                        if (same > 3 && same < components.size()) {
                            find("copy", "");
                        }
                    });
            return super.visitNewClass(made, null);
        }

        @Override
        public Void visitReturn(ReturnTree result, Void unused) {
            if (result.getExpression() != null
                    && result.getExpression().toString().equals("\"\"")) {
                find("empty", "");
            }
            return super.visitReturn(result, null);
        }

        private static boolean repeats(String argument, String component) {
            return argument.equals(component)
                    || argument.equals("this." + component)
                    || argument.equals(component + "()")
                    || argument.endsWith("." + component + "()");
        }

        private static boolean isRecord(ClassTree type) {
            return type.getKind() == Tree.Kind.RECORD;
        }

        /** The parser puts components among the members, as private final fields. */
        private static List<VariableTree> components(ClassTree type) {
            return type.getMembers().stream()
                    .filter(member -> member instanceof VariableTree)
                    .map(VariableTree.class::cast)
                    .filter(field -> !field.getModifiers().getFlags().contains(Modifier.STATIC))
                    .toList();
        }

        /** Members of an interface are public without saying so. */
        private boolean isPublic() {
            boolean inInterface = false;
            for (var outermostFirst = types.descendingIterator(); outermostFirst.hasNext(); ) {
                ClassTree type = outermostFirst.next();
                if (!inInterface && !type.getModifiers().getFlags().contains(Modifier.PUBLIC)) {
                    return false;
                }
                inInterface = type.getKind() == Tree.Kind.INTERFACE;
            }
            return true;
        }

        private static boolean isOptional(VariableTree variable) {
            return variable.getType() != null && variable.getType().toString().startsWith("Optional<");
        }

        private static boolean is(VariableTree variable, String type) {
            return variable.getType() != null && variable.getType().toString().equals(type);
        }

        private static boolean isChoice(ExpressionTree part) {
            ExpressionTree inner = part;
            while (inner instanceof ParenthesizedTree parentheses) {
                inner = parentheses.getExpression();
            }
            return inner instanceof ConditionalExpressionTree;
        }

        private void find(String rule, String member) {
            List<String> names = new ArrayList<>();
            types.descendingIterator()
                    .forEachRemaining(type -> names.add(type.getSimpleName().toString()));
            findings.add(rule + " " + home + " " + String.join(".", names) + member);
        }
    }
}

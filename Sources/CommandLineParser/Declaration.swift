/// A declaration in a command: a parameter, or a group of them.
///
/// `Mirror` finds the declarations. They are classes because it shows copies of values, and because a cast to a class
/// needs no search through the conformances of the whole program, which would take longer than all of the parsing.
package class Declaration {}

"""The recipe for tables beside boosted trees and other networks."""

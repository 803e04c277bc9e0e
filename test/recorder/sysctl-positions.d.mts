export function positionOperations(): string;
